"""The growing answer cut into fixed slots, so that the bytes sent to the page stay near linear in its length.

The page gets the whole new value of each changed slot. New text goes to the short `s2`; now and then it moves on to
`s1`, rarely to `s0`; and finished blocks are sealed into `p0`, `p1`, ..., each written once. The slots joined are the
text, always. Sealed slots are rendered apart from each other, so a cut must not change what the markdown means.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatapp.ui.text.link_definitions import LinkDefinitions

SEALED_SLOTS = tuple(f"p{number}" for number in range(20))
LIVE_SLOTS = ("s0", "s1", "s2")
SLOTS: tuple[str, ...] = SEALED_SLOTS + LIVE_SLOTS
"""In the order in which they are shown. The state classes of the page have a variable for each."""

_S2_CHARACTERS = 160
_S1_CHARACTERS = 1_500
_SEAL_CHARACTERS = 6_000
_EVEN_SLOTS = 15
_GROWTH = 4
"""The slots after the even ones each take four times as much as the one before: together 8,000,000 characters."""

_LINE_END = re.compile(r"\r\n?|\n")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_DOLLARS = re.compile(r"\$\$+")
# The one element of HTML that works on the page and holds other blocks.
_DETAILS = re.compile(r"^[ \t>]*<details(?=[\s>])|<(/)details>", re.IGNORECASE | re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_NARROW = frozenset({"heading_open", "hr"})
"""The gap below these is another than elsewhere, and a part does not know what the one before it ends with."""
# Tables are left out: none spans a blank line, and no cut is made elsewhere.
_PARSER = MarkdownIt("commonmark").disable(["inline", "text_join", "reference", "html_block"])


def last_safe_cut(markdown: str) -> int:
    """Where the last block begins that can be rendered apart from all before it, whatever is still to come.

    Gives an offset in characters, 0 if there is no such block. Link reference definitions do not reach over a cut.
    """
    starts = [0, *(end.end() for end in _LINE_END.finditer(markdown))]
    blocks = [token for token in _PARSER.parse(markdown) if token.level == 0 and token.nesting >= 0 and token.map]
    opened, cut, previous = _Opened(), 0, None
    for token in blocks:
        first, after = token.map or (0, 0)
        if first and not opened and _stands_apart(previous, token, markdown[starts[first - 1] : starts[first]]):
            # A line that is still growing may turn out to be something else: `#` a heading, `#tag` no longer.
            cut = starts[first] if first + 1 < len(starts) else cut
        end = starts[after] if after < len(starts) else len(markdown)
        opened.read(token, markdown[starts[first] : end])
        previous = token
    return cut


def _stands_apart(previous: Token | None, token: Token, line_before: str) -> bool:
    """Whether the block can neither continue what stands before it nor be continued by it, and has its usual gap."""
    if previous is None or line_before.strip() or previous.type in _NARROW:
        return False
    return token.type != "code_block" and not (previous.type in _LISTS and token.type in _LISTS)


@dataclass
class _Opened:
    """What spans several markdown blocks although the parser does not know it: `<details>`, `$$` maths and footnotes.

    The page's renderer takes `$$` at the start of a line for maths until a line that is nothing else. Where the parser
    agrees, we do too; after anything else it is `unclear` what is to come. Footnotes are numbered over the text.
    """

    details: int = 0
    maths: bool = False
    unclear: bool = False

    def __bool__(self) -> bool:
        return self.maths or self.unclear or self.details > 0

    def read(self, token: Token, source: str) -> None:
        if token.type == "fence" or (token.type == "code_block" and not self):
            self.unclear |= self.maths  # code for our parser, maths for the renderer
            return
        if "$$" in source:
            self._read_maths(_CODE_SPAN.sub("", source))
        if "[^" in source and _FOOTNOTE.search(_CODE_SPAN.sub("", source)):
            self.unclear = True
        if "<" in source:
            self._read_details(_CODE_SPAN.sub("", source))

    def _read_maths(self, source: str) -> None:
        for line in _LINE_END.split(source):
            marks = _DOLLARS.findall(line)
            if marks and line.strip(" \t>") == "$$":
                self.maths = not self.maths
            elif marks and (self.maths or len(marks) % 2 or set(marks) != {"$$"}):
                self.unclear = True

    def _read_details(self, source: str) -> None:
        for closing in _DETAILS.findall(source):
            self.details = max(0, self.details - 1) if closing else self.details + 1


class LiveText:
    """The slots of one page. Not for several tasks at once."""

    def __init__(self) -> None:
        self._slots = dict.fromkeys(SLOTS, "")
        self._handed_out: dict[str, str] = {}
        self._changed: set[str] = set()
        self._sealed_count = 0
        self._seal_at_characters = _SEAL_CHARACTERS
        self._links = LinkDefinitions()

    @property
    def definitions(self) -> str:
        """What each slot needs before it for its links, as markdown that shows nothing; empty if nothing is sealed."""
        return self._links.known if self._sealed_count else ""

    @property
    def text(self) -> str:
        """All that was fed since the last restart."""
        return "".join(self._slots.values())

    def restart(self, text: str) -> None:
        """Forget what was there and show this text; as much of it as possible is sealed at once.

        100,000 characters take about 50 ms of CPU as varied prose, up to a second as nothing but tiny lists and quotes.
        """
        self._slots = dict.fromkeys(SLOTS, "")
        self._changed = set(SLOTS)
        self._sealed_count, self._seal_at_characters = 0, _SEAL_CHARACTERS
        self._links = LinkDefinitions()
        self._links.feed(text)
        self._set_open(text)
        self._seal_when_due()

    def append(self, text: str) -> None:
        """Add the next piece, of any size."""
        if not text:
            return
        self._links.feed(text)
        self._put("s2", self._slots["s2"] + text)
        if len(self._slots["s2"]) > max(_S2_CHARACTERS, len(self._slots["s1"]) // 8):
            self._put("s1", self._slots["s1"] + self._slots["s2"])
            self._put("s2", "")
            # The share of what stands before keeps the bytes near linear where nothing can be sealed.
            if len(self._slots["s1"]) > max(_S1_CHARACTERS, len(self._slots["s0"]) // 4):
                self._put("s0", self._slots["s0"] + self._slots["s1"])
                self._put("s1", "")
        self._seal_when_due()

    def end(self) -> None:
        """Nothing more will be added."""
        self._links.end()

    def take_changes(self) -> dict[str, str]:
        """The slots that differ from what was handed out before, with their new values.

        After the first restart these are all slots: what the page shows until then is not known here.
        """
        changes = {
            name: self._slots[name]
            for name in SLOTS
            if name in self._changed and self._handed_out.get(name) != self._slots[name]
        }
        self._handed_out.update(changes)
        self._changed.clear()
        return changes

    def _put(self, name: str, value: str) -> None:
        self._slots[name] = value
        self._changed.add(name)

    def _seal_when_due(self) -> None:
        length = sum(len(self._slots[name]) for name in LIVE_SLOTS)
        if length <= self._seal_at_characters or self._sealed_count == len(SEALED_SLOTS):
            return
        open_text = "".join(self._slots[name] for name in LIVE_SLOTS)
        cut = last_safe_cut(open_text)
        # A slot is worth at least half of its due, or the slots would run out; what was parsed in vain has to grow by
        # half before it is parsed again, so that parsing stays linear.
        if cut < _due_characters(self._sealed_count) // 2:
            self._seal_at_characters = length + length // 2
            return
        self._put(SEALED_SLOTS[self._sealed_count], open_text[:cut])
        self._set_open(open_text[cut:])
        self._sealed_count += 1
        left = length - cut
        due = _due_characters(self._sealed_count)
        self._seal_at_characters = max(due, left + left // 2)

    def _set_open(self, text: str) -> None:
        home = "s0" if len(text) > _S1_CHARACTERS else "s1" if len(text) > _S2_CHARACTERS else "s2"
        for name in LIVE_SLOTS:
            if name == home or self._slots[name]:
                self._put(name, text if name == home else "")


def _due_characters(slot_number: int) -> int:
    """How much open text it takes before this slot is filled. Past the last slot nothing is sealed."""
    growing = max(0, slot_number + 1 - _EVEN_SLOTS)
    return int(_SEAL_CHARACTERS * _GROWTH**growing)
