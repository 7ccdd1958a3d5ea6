"""The definitions of links, `[label]: address`, in a text that grows: parts of it that are rendered apart need them."""

import re

LIMIT_CHARACTERS = 20_000
"""Of all definitions of a text. Links of later ones work only in the part that holds them."""

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
# As the page has it (ui/javascript/answer_blocks.js): `[Note]: important` defines no link.
_ADDRESS = r"(?i:https?:|mailto:|www\.|\.{1,2}/|[\w-]+\.[a-z])"
_DEFINITION = re.compile(rf" {{0,3}}\[(?!\^)(?:\\.|[^\[\]\\])+\]:[ \t]*<?{_ADDRESS}")
_GROWTH = 4
"""While they come one by one, the definitions are handed out when a fourth is new: bytes stay near linear."""


class LinkDefinitions:
    """Of one text, fed in pieces of any size. Takes time in proportion to the text."""

    def __init__(self) -> None:
        self.known = ""
        """Those to hand out, a line each, and an empty line behind them. Only grows."""
        self._found: list[str] = []
        self._found_characters = self._known_characters = 0
        self._line: list[str] = []  # the unfinished one, in pieces
        self._fence = ""
        self._may_define = True  # a definition needs a blank line or another one before it

    def feed(self, text: str) -> None:
        """Take the next piece."""
        *lines, rest = text.split("\n")
        for line in lines:
            self._read("".join(self._line) + line)
            self._line.clear()
        self._line.append(rest)

    def end(self) -> None:
        """The text has ended: its last line counts."""
        self._read("".join(self._line))
        self._line.clear()
        self._hand_out()

    def _read(self, line: str) -> None:
        line = line.rstrip()
        if self._fence:
            mark = line.strip()
            if mark.startswith(self._fence) and not mark.strip(self._fence[0]):
                self._fence = ""
        elif self._may_define and _DEFINITION.match(line):
            self._add(line)
            return
        else:
            fence = _FENCE.match(line)
            self._fence = fence[1] if fence else ""
        self._may_define = not line and not self._fence
        if line:
            self._hand_out()

    def _add(self, line: str) -> None:
        if self._found_characters + len(line) < LIMIT_CHARACTERS:
            self._found.append(line)
            self._found_characters += len(line)
        if self._found_characters > self._known_characters + self._known_characters // _GROWTH:
            self._hand_out()

    def _hand_out(self) -> None:
        if self._found_characters > self._known_characters:
            self.known, self._known_characters = "\n".join([*self._found, "", ""]), self._found_characters
