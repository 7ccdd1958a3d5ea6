"""Colours code beside the page: shiki runs in a web worker, and the page only shows what comes back.

The first line of a language costs shiki 70 to 350 ms, in which it translates the expressions of its grammar; in the
page that was the longest task of an answer. A block is coloured once its fence is closed and is plain until then.
What has been coloured is remembered: a finished part that is remounted does not flash.
"""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportDict, ImportVar

from chatapp.ui.frontend_patches import replaced

LIBRARY = "@streamdown/code@2.0.0"

WORKER_FILE = "utils/code_colours.js"
WORKER = """\
import { code } from "@streamdown/code";

onmessage = ({ data: { key, options } }) => {
  // What the grammar would need to go on cannot be sent, and a closed block does not go on.
  const answer = ({ grammarState, ...colours }) => postMessage({ key, colours });
  const known = code.highlight(options, answer);
  if (known) answer(known);
};
"""

IMPORTS: ImportDict = {
    f"$/{WORKER_FILE}?worker": ImportVar(tag="MdColours", is_default=True),
    "$/utils/answer_pending.js": ImportVar(tag="awaited"),
}

THEMES = ("github-light-high-contrast", "github-dark-default")
"""Of GitHub's themes the two that keep 4.5:1 for every word on our surfaces."""

REMEMBERED_BLOCKS = 500

PLUGIN = f"""globalThis.mdColours ??= {{known: new Map(), waiting: new Map()}};
const mdPlain = (code) => ({{tokens: code.split("\\n").map((content) => [{{content}}])}});
const mdColoured = ({{data: {{key, colours}}}}) => {{
  const {{known, waiting}} = globalThis.mdColours;
  known.set(key, colours);
  if (known.size > {REMEMBERED_BLOCKS}) known.delete(known.keys().next().value);
  waiting.get(key)?.forEach((show) => show(colours));
  waiting.delete(key);
}};
const mdAsk = (key, options, show) => {{
  const {{waiting}} = globalThis.mdColours;
  if (waiting.has(key)) return waiting.get(key).push(show);
  waiting.set(key, [show]);
  awaited(new Promise((come) => waiting.get(key).push(come)));
  globalThis.mdColours.worker ??= Object.assign(new MdColours(), {{onmessage: mdColoured}});
  globalThis.mdColours.worker.postMessage({{key, options}});
}};
const MD_CODE = {{name: "shiki", type: "code-highlighter",
  getThemes: () => {list(THEMES)},
  supportsLanguage: () => true, getSupportedLanguages: () => [],
  highlight: (options, show) => {{
    if (options.isIncomplete) return mdPlain(options.code);
    const key = options.language + "\\n" + options.code;
    const known = globalThis.mdColours.known.get(key);
    if (!known) mdAsk(key, options, show);
    return known ?? mdPlain(options.code);
  }}}};"""


VITE_CONFIG, BASE = "vite.config.js", 'base: "/",'


class ColoursWorker(rx.plugins.Plugin):
    """Puts the worker's file beside the pages. It loads grammars when it needs them, which takes modules of its own."""

    def pre_compile(self, **context: Any) -> None:
        """Write the file, and have the build make workers as modules (its default allows no later loading)."""
        context["add_save_task"](lambda: (WORKER_FILE, WORKER))
        context["add_modify_task"](VITE_CONFIG, with_module_workers)


def with_module_workers(vite_config: str) -> str:
    """Vite's configuration, which now makes workers as modules."""
    return replaced(vite_config, BASE, f'{BASE}\n  worker: {{ format: "es" }},', file=VITE_CONFIG)
