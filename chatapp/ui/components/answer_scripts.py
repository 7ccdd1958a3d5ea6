"""The scripts in `ui/javascript`, put beside the pages: most tell the renderer about the markdown of answers.

`answer_syntax` and `answer_formatting` say what markdown and HTML mean, `answer_blocks` where an answer may be cut,
`answer_parts` and `answer_queue` how much of it is mounted at once, `answer_growing` what is shown of the end of a text
that still grows, `answer_lists` where markers stand,
`answer_limits`, `answer_block` and `answer_formulas` what it may ask of the page, `answer_links` where its links lead,
`answer_images` what stands for its pictures, `answer_diagram` and two others how its diagrams are drawn,
`answer_scrollers` how what is too wide is reached by keys, `rich_copy` how an answer gets onto the clipboard.
`typed_text` and `sent_question` are the message box's, `refusal_notice` asks why there is no connection.
"""

import json
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportDict, ImportVar

from chatapp import words

SCRIPTS = tuple(sorted((Path(__file__).parents[1] / "javascript").glob("*.js")))

WORDS = {
    "ANSWER_FAILED": words.ANSWER_FAILED,
    "ANSWER_READY": words.ANSWER_READY,
    "COPY_CODE": words.COPY_CODE,
    "DIAGRAM": words.DIAGRAM,
    "IMAGE_NOT_LOADED": words.IMAGE_NOT_LOADED,
    "SHOW_CODE": words.SHOW_CODE,
    "SHOW_DIAGRAM": words.SHOW_DIAGRAM,
    "TOO_COMPLEX": words.TOO_COMPLEX,
}
"""What the scripts say, as they import it from `words.js`."""

LIBRARIES = (
    "remark-cjk-friendly@2.3.3",
    "remark-cjk-friendly-gfm-strikethrough@2.3.2",
    "remark-gfm@4.0.1",
    "rehype-harden@1.1.9",
    "remend@1.4.0",
    "unist-util-visit@5.1.0",
    "unist-util-visit-parents@6.1.0",
)

COPYING: ImportDict = {"$/utils/rich_copy.js": ImportVar(tag="copyMessage")}

IMPORTS: ImportDict = {
    "$/utils/answer_rendering.js": [ImportVar(tag="rendering"), ImportVar(tag="renderingOfGrowing")],
    "$/utils/answer_parts.js": ImportVar(tag="AnswerParts"),
    "$/utils/diagram_block.js": ImportVar(tag="DiagramBlock"),
    "$/utils/answer_formulas.js": ImportVar(tag="bounded"),
    "$/utils/answer_scrollers.js": [ImportVar(tag="scrolling"), ImportVar(tag="scrolled")],
    **COPYING,
    "$/utils/answer_blocks.js": [ImportVar(tag="split"), ImportVar(tag="splitGrowing")],
}


class AnswerScripts(rx.plugins.Plugin):
    """Puts the scripts beside the pages."""

    def pre_compile(self, **context: Any) -> None:
        """Write the files."""
        for script in SCRIPTS:
            context["add_save_task"](_copied, script)
        context["add_save_task"](_words)


def _copied(script: Path) -> tuple[str, str]:
    return f"utils/{script.name}", script.read_text(encoding="utf-8")


def _words() -> tuple[str, str]:
    return "utils/words.js", "".join(f"export const {name} = {json.dumps(text)};\n" for name, text in WORDS.items())
