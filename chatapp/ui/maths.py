r"""Turns the maths that models write, `\( x \)` and `\[ x \]`, into the `$$` that the page's markdown renderer knows.

    So \( a + b \) is 3.        So $$ a + b $$ is 3.

    So                          So
    \[ a + b \] is 3.           $$
                                a + b
                                $$
                                is 3.

It reads markdown just far enough to tell code and maths from text. It is no parser: code that is only indented is taken
for text, and whether the maths itself is right is for the renderer to say. Text arrives in pieces; how it was cut never
changes what comes out.
"""

import re
from collections.abc import Callable
from enum import Enum, auto

_MARKER = r"(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))"
_MARGIN = re.compile(rf"[ \t]*(?:{_MARKER}[ \t]*)*")
_MARGIN_LIMIT = 200
"""Characters of a line that are kept to know its margin. Only the margin is cut by that, and only a longer one."""

# Whatever ends a paragraph ends the inline code and the maths in it, closed or not: a blank line or a fence.
_PARAGRAPH_END = r"\n(?=[ \t\r>]*(?:\n|`{3}|~{3}|\Z))"
# Each alternative begins with a plain character: only then the search jumps
# (100 KB of plain text in 0.8 ms instead of 8).
_TEXT_TOKEN = re.compile(r"\\[\s\S]|``*|~~~+|\$\$+")
_MATHS_TOKEN = re.compile(rf"{_PARAGRAPH_END}(?P<end>)|\\[^\n]|\n(?P<line>[ \t\r>]*)")
_DOLLARS = re.compile(r"\$\$+")
_DOLLARS_IN_TEXT = re.compile(rf"\$\$+|{_PARAGRAPH_END}")
_INFO_END = re.compile(r"[`\n]")
_SPACE = re.compile(r"[ \t\r]*")

# A run of these at the end of a piece may become a different token with the next one, so it waits. That works because
# every token that can still grow consists of nothing else: holding back the run never cuts a token in two.
_OPEN_ENDED_IN_TEXT = "\\`~$"
_OPEN_ENDED = "\\`~$> \t\r\n"


class _Mode(Enum):
    """Where in the text we are, and what ends that."""

    TEXT = auto()  # until code, dollars or maths begin
    FENCE_INFO = (
        auto()
    )  # behind the opening ``` of a line: until the line ends, or a backtick shows it to be inline code
    VERBATIM = auto()  # code or dollars of the text: until `_verbatim_end` is found
    INLINE = auto()  # behind \(: until \) or the end of the paragraph
    DISPLAY_START = auto()  # right behind \[: until the line break that belongs there is made
    DISPLAY = auto()  # until \] or the end of the paragraph
    DISPLAY_END = auto()  # right behind \]: until the line break that belongs there is made


class MathsTranslator:
    """One text, fed in pieces of any size. Takes time in proportion to the text."""

    def __init__(self) -> None:
        self._mode = _Mode.TEXT
        self._verbatim_end = _DOLLARS
        self._fence_length = 0  # of a line that may yet turn out to begin with inline code
        self._held = ""  # the end of the last piece, which waits for the next
        self._line_so_far = ""  # the beginning of the current line, as shown
        self._margin = ""  # what each line of the open display begins with
        self._last_dollars = ""  # "$" if the last character shown is a dollar of the text, "$$" if it is ours
        self._shown: list[str] = []
        # Each step consumes from `at` and returns the next position.
        self._steps: dict[_Mode, Callable[[str, int, int], int]] = {
            _Mode.TEXT: self._text,
            _Mode.FENCE_INFO: self._fence_info,
            _Mode.VERBATIM: self._verbatim,
            _Mode.INLINE: self._inline,
            _Mode.DISPLAY_START: self._display_start,
            _Mode.DISPLAY: self._display,
            _Mode.DISPLAY_END: self._display_end,
        }

    def feed(self, text: str) -> str:
        """Take the next piece; gives what can be shown now. A few characters may wait for the next piece."""
        source = self._held + text
        in_text = len(source.rstrip(_OPEN_ENDED_IN_TEXT))
        elsewhere = len(source.rstrip(_OPEN_ENDED))
        self._held = source[self._walk(source, in_text, elsewhere) :]
        return self._take_shown()

    def flush(self) -> str:
        """The text has ended: gives what waited, and the end of maths that were left open."""
        source, self._held = self._held, ""
        self._walk(source, len(source), len(source))
        if self._mode in (_Mode.INLINE, _Mode.DISPLAY_START, _Mode.DISPLAY):
            self._close_maths()
        self._mode = _Mode.TEXT
        return self._take_shown()

    def _walk(self, source: str, end_in_text: int, end_elsewhere: int) -> int:
        at = 0
        while at < (end := end_in_text if self._mode is _Mode.TEXT else end_elsewhere):
            at = self._steps[self._mode](source, at, end)
        return at

    def _text(self, source: str, at: int, end: int) -> int:
        token = _TEXT_TOKEN.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._copy(source, at, token.start())
        mark = token.group()
        if mark == r"\(":
            self._dollars()
            self._mode = _Mode.INLINE
        elif mark == r"\[":
            self._open_display()
        else:
            if mark[0] in "`~$":
                self._open_verbatim(mark)
            self._copy(source, token.start(), token.end())
        return token.end()

    def _open_verbatim(self, mark: str) -> None:
        starts_line = _MARGIN.fullmatch(self._line_so_far) is not None
        if mark[0] == "$":
            self._begin_verbatim(_DOLLARS if starts_line else _DOLLARS_IN_TEXT)
        elif starts_line and len(mark) >= 3:
            self._begin_verbatim(re.compile(rf"\n[ \t\r>]*{mark[0]}{{{len(mark)},}}[ \t\r]*(?=\n|\Z)"))
            if mark[0] == "`":
                self._fence_length, self._mode = len(mark), _Mode.FENCE_INFO
        elif mark[0] == "`":
            self._begin_code(len(mark))

    def _begin_code(self, ticks: int) -> None:
        self._begin_verbatim(re.compile(rf"(?<!`)`{{{ticks}}}(?!`)|{_PARAGRAPH_END}"))

    def _begin_verbatim(self, end: re.Pattern[str]) -> None:
        self._verbatim_end, self._mode = end, _Mode.VERBATIM

    def _fence_info(self, source: str, at: int, end: int) -> int:
        token = _INFO_END.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        if token.group() == "`":  # no fence then: its info may hold no backtick
            self._begin_code(self._fence_length)
        else:
            self._mode = _Mode.VERBATIM
        return self._copy(source, at, token.start())

    def _verbatim(self, source: str, at: int, end: int) -> int:
        token = self._verbatim_end.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._mode = _Mode.TEXT
        return self._copy(source, at, token.end())

    def _inline(self, source: str, at: int, end: int) -> int:
        return self._maths(source, at, end, closing=r"\)")

    def _display(self, source: str, at: int, end: int) -> int:
        return self._maths(source, at, end, closing=r"\]")

    def _maths(self, source: str, at: int, end: int, closing: str) -> int:
        token = _MATHS_TOKEN.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._copy(source, at, token.start())
        if token["end"] is not None:
            self._close_maths()
            self._mode = _Mode.TEXT
            return token.start()
        if token.group() == closing:
            self._close_maths()
            self._mode = _Mode.DISPLAY_END if self._mode is _Mode.DISPLAY else _Mode.TEXT
        elif token["line"] is not None:
            self._next_line(token["line"])
        else:
            self._copy(source, token.start(), token.end())
        return token.end()

    def _open_display(self) -> None:
        starts_line = _MARGIN.fullmatch(self._line_so_far) is not None
        margin = _MARGIN.match(self._line_so_far)
        self._margin = re.sub(r"[^>\s]", " ", margin.group()) if margin else ""
        if not starts_line:
            self._break_line()
        self._dollars()
        self._mode = _Mode.DISPLAY_START

    def _display_start(self, source: str, at: int, end: int) -> int:
        self._mode = _Mode.DISPLAY
        return self._break_before_text(source, at, end)

    def _display_end(self, source: str, at: int, end: int) -> int:
        self._mode = _Mode.TEXT
        return self._break_before_text(source, at, end)

    def _break_before_text(self, source: str, at: int, end: int) -> int:
        space = _SPACE.match(source, at, end)
        start = space.end() if space else at
        if source[start : start + 1] not in ("\n", ""):
            self._break_line()
        return start

    def _next_line(self, line_start: str) -> None:
        """Inside maths: a display gets its margin on each line, or a lazy line would end a list item's display.

        Inline maths go on in the same line: a line that began with `$$` would open a display.
        """
        if self._mode is _Mode.INLINE:
            self._copy(" ", 0, 1)
            return
        self._break_line()
        kept = line_start.lstrip(" \t\r>" if ">" in self._margin else " \t\r")
        self._copy(kept, 0, len(kept))

    def _close_maths(self) -> None:
        if self._mode is not _Mode.INLINE and self._line_so_far.strip(" \t>"):
            self._break_line()
        self._dollars()

    def _break_line(self) -> None:
        self._shown.append("\n" + self._margin)
        self._line_so_far, self._last_dollars = self._margin, ""

    def _dollars(self) -> None:
        # Four dollars in a row would be another mark, so a space keeps ours apart from others.
        self._shown.append(" $$" if self._last_dollars else "$$")
        self._line_so_far, self._last_dollars = (self._line_so_far + "$$")[:_MARGIN_LIMIT], "$$"

    def _copy(self, source: str, at: int, end: int) -> int:
        """Show this part of the source as it is; gives where it ends."""
        if at == end:
            return end
        if self._last_dollars == "$$" and source[at] == "$":
            self._shown.append(" ")
        self._shown.append(source[at:end])
        self._last_dollars = "$" if source[end - 1] == "$" else ""
        newline = source.rfind("\n", at, end)
        if newline >= 0:
            self._line_so_far = source[newline + 1 : min(end, newline + 1 + _MARGIN_LIMIT)]
        else:
            self._line_so_far = (self._line_so_far + source[at : min(end, at + _MARGIN_LIMIT)])[:_MARGIN_LIMIT]
        return end

    def _take_shown(self) -> str:
        shown, self._shown = "".join(self._shown), []
        return shown


def translate(text: str) -> str:
    """The whole text at once."""
    translator = MathsTranslator()
    return translator.feed(text) + translator.flush()
