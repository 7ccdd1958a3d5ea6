"""The one place that turns markdown into a page: Streamdown, set so that no text can run, load or hide anything.

Of HTML only a few harmless elements work, links lead to web and mail addresses only, images are shown as their
description and never fetched: `ui/javascript/` says so. The strings of JavaScript here are module constants that the
renderer wants as objects: created inside a component they would be new at every render and defeat its memory of
finished blocks (3.5 times the work). They decide nothing about chatapp.
"""

import json
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportDict, ImportVar
from reflex_base.components.component import MemoizationLeaf

from chatapp import words
from chatapp.ui import theme
from chatapp.ui.components import answer_scripts, code_colours

RENDERER = "streamdown@2.7.1"
BOUNDARY = "react-error-boundary@6.1.6"  # Reflex's own, around each block
MATHS = "@streamdown/math@1.0.3"
DIAGRAMS = "mermaid@12.3.0"

COPY_WORDS = f"const [MD_COPIED, MD_NOT_COPIED] = {json.dumps([words.COPIED, words.NOT_COPIED])};"

# Browsers have a clipboard for pages of https and localhost only. On http in a local network the old command copies
# what is selected: the text in a box that nobody sees. The renderer's buttons find it where the other would be.
COPYING = """if (globalThis.document) navigator.clipboard ??= {writeText: async (text) => {
  const box = document.createElement("textarea"), focused = document.activeElement;
  box.value = text;
  box.style.cssText = "position: fixed; top: 0; opacity: 0";
  document.body.append(box);
  box.focus({preventScroll: true});
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  focused?.focus({preventScroll: true});
  if (!isCopied) throw new Error("The browser does not let this page copy.");
}};
const MdCopy = ({text, children, ...rest}) => {
  const [said, say] = useState("");
  useEffect(() => {
    const timer = said && setTimeout(say, 2000, "");
    return () => clearTimeout(timer);
  }, [said]);
  const copy = ({currentTarget}) =>
    copyMessage(currentTarget, text).then(() => say(MD_COPIED), () => say(MD_NOT_COPIED));
  return <>
    <button type="button" {...rest} onClick={copy}>{children}</button>
    <span role="status" className="copied">{said}</span>
  </>;
};"""

CONSTANTS = (
    code_colours.PLUGIN,
    # Formulas are set by KaTeX, 85 KB that are loaded for the first text with a formula in it. The object changes that
    # once; a text mounted later has it from the start. Global, because each module of the page has these constants.
    """globalThis.mdPlugins ??= {code: MD_CODE};
const MATHS_PATIENCE_MS = 2000;
const MdText = ({children, ...rest}) => {
  const [plugins, setPlugins] = useState(globalThis.mdPlugins);
  const [isLate, setLate] = useState(false);
  const [hasGrown, setGrown] = useState(false);
  if (rest.isAnimating && !hasGrown) setGrown(true);
  const text = String(children);
  const isWaiting = !plugins.math && !isLate && text.includes("$$");
  useEffect(() => {
    if (!isWaiting) return;
    const giveUp = () => setLate(true);
    const timer = setTimeout(giveUp, MATHS_PATIENCE_MS);
    const style = import("katex/dist/katex.min.css");
    awaited(import("@streamdown/math").then(async ({math}) => {
      await style;
      if (!globalThis.mdPlugins.math) globalThis.mdPlugins = {...globalThis.mdPlugins, math: bounded(math)};
      setPlugins(globalThis.mdPlugins);
    }).catch(giveUp));
    return () => clearTimeout(timer);
  }, [isWaiting]);
  // Until then no formula is shown as it was written: a growing text waits there, another keeps its room.
  const shown = isWaiting && rest.isAnimating ? text.split("$$", 1)[0] : text;
  const how = hasGrown ? renderingOfGrowing : rendering;
  return <AnswerParts {...how} {...rest} plugins={plugins} className={isWaiting && !rest.isAnimating ? "unset" : ""}
    split={rest.isAnimating ? splitGrowing : split}>
    {shown}
  </AnswerParts>;
};""",
    # Footnotes are in the answer that refers to them. Other answers have some of the same number.
    """const MdLink = ({node, ...rest}) => {
  if (!rest.href?.startsWith("#")) return <mdComponents.a {...rest} />;
  const jump = (event) => {
    event.preventDefault();
    const place = event.currentTarget.closest(".answer")?.querySelector(`[id="${CSS.escape(rest.href.slice(1))}"]`);
    place?.scrollIntoView({block: "nearest"});
    place?.setAttribute("tabindex", "-1");
    place?.focus({preventScroll: true});
  };
  return <a {...rest} onClick={jump} />;
};""",
    """const MdCodeBlock = ({className, children}) => {
  const code = typeof children === "string" ? children : "";
  const language = (className ?? "").replace(/^language-/, "");
  const isIncomplete = useIsCodeFenceIncomplete();
  const block = (button) => <CodeBlock {...{code, language, isIncomplete}} {...MD_SCROLLING.code} lineNumbers={false}>
    {button}
    <CodeBlockCopyButton data-testid="copy-code" disabled={isIncomplete} />
  </CodeBlock>;
  if (isIncomplete || language.toLowerCase() !== "mermaid") return block();
  return <DiagramBlock code={code}>{block}</DiagramBlock>;
};""",
    # Made once: a new one would be taken for another at each render.
    f"""const MD_SCROLLING = {{
  code: scrolling({json.dumps(words.CODE)}),
  table: scrolled({json.dumps(words.TABLE)}),
  formula: scrolling({json.dumps(words.FORMULA)}),
}};""",
    "const MdTable = (table) => <mdComponents.table {...table} {...MD_SCROLLING.table} />;",
    "const MdFormula = ({node, ...rest}) => <span {...rest} {...MD_SCROLLING.formula} />;",
    # Streamdown's own item takes the only paragraph out of it.
    """const MD_COMPONENTS = {
  a: MdLink, code: MdCodeBlock, inlineCode: mdComponents.code, li: "li", ol: "ol", ul: "ul",
  table: MdTable, formula: MdFormula,
};""",
    COPY_WORDS,
    COPYING,
)

STYLE: theme.Style = {
    "line_height": theme.LINE_HEIGHT,
    "overflow_wrap": "anywhere",
    "min_width": "0",
    # Each paragraph takes its direction from its own first letter: Arabic inside an English answer reads right.
    "& p, & li, & td, & th, & blockquote, & h1, & h2, & h3, & h4, & h5, & h6": {"unicode_bidi": "plaintext"},
    "& a": {"unicode_bidi": "isolate"},  # its words are read as they stand, whatever turns those before them
    "& h1": {"font_size": "1.25rem"},
    "& h2": {"font_size": "1.125rem"},
    "& h3, & h4, & h5, & h6": {"font_size": "1rem"},
    "& pre, & [data-streamdown=inline-code]": {"font_family": theme.FONT_CODE, "font_size": theme.FONT_SMALL},
    "& [data-footnote-ref], & [data-footnote-backref]": {"color": theme.LINK},
    "& td, & th": {"overflow_wrap": "normal"},
    "& td": {"vertical_align": "top"},
    "& th": {"text_align": "start"},
    "& blockquote": {
        "border_inline_width": "0.25rem 0",
        "padding_inline": f"{theme.space(4)} 0",
    },
    # Markers stand beside their text, in room that grows with the numbers (answer_lists.js).
    "& ul, & ol": {"--marker": "1.75em", "padding_inline_start": "var(--marker)", "list_style": "disc outside"},
    "& ol": {"list_style": "decimal outside"},
    "& ul ul": {"list_style_type": "circle"},
    "& ul ul ul": {"list_style_type": "square"},
    "& li > :is(ul, ol), & li + li": {"margin_block_start": theme.space(2)},
    "& li > p": {"margin_block": theme.space(3)},
    "& li > :is(p, h1, h2, h3, h4, h5, h6):first-child": {"margin_block_start": "0"},
    "& li > :last-child": {"margin_block_end": "0"},
    "& li + li > p:first-child": {"margin_block_start": theme.space(3)},
    "& li.task-list-item": {"list_style": "none"},
    "& li.task-list-item input": {
        "width": "1em",
        "height": "1em",
        "margin_block": "0",
        "margin_inline": "calc(-1 * var(--marker)) calc(var(--marker) - 1.3em)",  # less a space
        "vertical_align": "-0.125em",
    },
    # One frame around code and none around tables' frames, where the renderer draws two.
    "& [data-streamdown=code-block]": {"padding": "0", "gap": "0", "border_radius": theme.RADIUS},
    "& [data-streamdown=code-block-header]": {"height": theme.space(9), "padding": f"0 {theme.space(3)}"},
    "& [data-streamdown=code-block-actions]": {"border": "none", "background": "none", "padding": "0"},
    "& [data-streamdown=code-block-body]": {
        "border": "none",
        "background": "none",
        "padding": f"0 {theme.space(4)} {theme.space(4)}",
    },
    "& [data-streamdown=table-wrapper]": {"padding": "0", "border": "none", "background": "none"},
    # The padding keeps what stands out of a formula's own box from being cut off at its lower edge.
    "& .katex-display": {"overflow_x": "auto", "overflow_y": "hidden", "padding_block": theme.space(1)},
}


HOOKS: ImportDict = {"react": [ImportVar(tag="useEffect"), ImportVar(tag="useState")]}


class _Streamdown(MemoizationLeaf):
    """The npm component. A leaf: Reflex must not split its text into components of their own."""

    tag = "MdText"

    is_animating: rx.Var[bool]
    components: rx.Var[dict[str, Any]]

    lib_dependencies: list[str] = [code_colours.LIBRARY, MATHS, BOUNDARY, DIAGRAMS, *answer_scripts.LIBRARIES]

    def add_imports(self) -> ImportDict:
        """What the constants are made of."""
        names = ("CodeBlock", "CodeBlockCopyButton", "useIsCodeFenceIncomplete")
        return {
            RENDERER: [
                *[ImportVar(tag=name) for name in names],
                ImportVar(tag="defaultComponents", alias="mdComponents"),
            ],
            **HOOKS,
            **code_colours.IMPORTS,
            **answer_scripts.IMPORTS,
        }

    def add_custom_code(self) -> list[str]:
        """The constants, once for each page that shows markdown."""
        return list(CONSTANTS)


class _Copy(rx.Component):
    """A button that copies, and says beside it whether that worked."""

    tag = "MdCopy"

    text: rx.Var[str]
    title: rx.Var[str]

    def add_imports(self) -> ImportDict:
        """What the constant is made of."""
        return {**HOOKS, **answer_scripts.COPYING}

    def add_custom_code(self) -> list[str]:
        """The constants, once for each module of the page."""
        return [COPY_WORDS, COPYING]


def copy_button(*children: rx.Component, text: rx.Var[str], **props: Any) -> rx.Component:
    """A button that puts `text` on the clipboard; `props` are those of a button."""
    return _Copy.create(*children, text=text, **props)


REHEARSAL = "Text with *some* **marks**, `code` and a [link](https://example.com).\n\n## Heading\n\n- one\n- two\n"


def prewarm_renderer() -> rx.Component:
    """A text that nobody sees, for a page without any: the first run of the renderer, which is the compiling of it,
    took 20 to 25 ms of the wait for the first words of an answer."""
    return rx.el.div(markdown(REHEARSAL, streaming=True), hidden=True)


def markdown(text: rx.Var[str] | str, *, streaming: rx.Var[bool] | bool = False) -> rx.Component:
    """Render `text`. While `streaming` is true, half-written markup at its end is shown as if it were closed.

    Give a Var where the same node lives on after its text has ended: the mode stays that of a growing text, so nothing
    is remounted and the page does not jump.
    """
    return rx.box(
        _Streamdown.create(
            text,
            is_animating=streaming,
            components=rx.Var("MD_COMPONENTS"),
        ),
        class_name=rx.cond(streaming, "writing", ""),
        style=STYLE,
    )
