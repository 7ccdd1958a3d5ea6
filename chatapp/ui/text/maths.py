r"""Turns the maths that models write into the `$$` that the page's renderer knows, and nothing else into maths.

    So \( a + b \) is $c$.      So $$ a + b $$ is $$c$$.

    So                          So
    \[ a + b \] is 3.           $$
                                a + b
                                $$
                                is 3.

A display stands on lines of its own; so do `$$ a $$` alone on its line, `$$` at the end of a line of prose, and
`\begin{align}`. Pairs of dollars that are none are escaped. It reads markdown just far enough to tell code and maths
from text. It is no parser: code that is only indented is taken for text. A fence of markdown is made longer, so that
fences in it with a language do not end it. Text arrives in pieces; how it was cut never changes what comes out.
"""

import re
from collections.abc import Callable
from enum import Enum, auto

from chatapp.ui.text.formulas import Formula, Found, Place, find

_MARKER = r"(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))"
_MARGIN = re.compile(rf"[ \t]*(?:{_MARKER}[ \t]*)*")
_MARGIN_LIMIT = 200
"""Characters of a line that are kept to know its margin. Only the margin is cut by that, and only a longer one."""
_END_LIMIT = 200
"""Characters before a mark that say in what kind of word it stands."""
_INFO_LIMIT = 200
_LONGER_FENCE = 3

# Whatever ends a paragraph ends the inline code in it, closed or not: a blank line or a fence.
_PARAGRAPH_END = r"\n(?=[ \t\r>]*(?:\n|`{3}|~{3}|\Z))"
# Each alternative begins with a plain character: only then the search jumps
# (100 KB of plain text in 0.8 ms instead of 8).
_TOKEN = re.compile(r"\\[\s\S]|``*|~~~+|\$\$*")
_INFO_END = re.compile(r"[`\n]")
_LINE_END = re.compile(r"\n")
_MARKDOWN = re.compile(r"[ \t]*(?:markdown|md)[ \t\r]*", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r]*")
_TABLE_BAR = re.compile(r"\\\||\|")

# A run of these at the end of a piece may become a different token with the next one, so it waits. That works because
# every token that can still grow consists of nothing else: holding back the run never cuts a token in two.
_OPEN_ENDED_IN_TEXT = "\\`~$"
_OPEN_ENDED = "\\`~$> \t\r\n"


class _Mode(Enum):
    """Where in the text we are, and what ends that."""

    TEXT = auto()  # until code or maths begin
    FENCE_INFO = auto()  # at the opening ``` of a line: until its end, or a backtick shows it to be inline code
    VERBATIM = auto()  # code: until `_verbatim_end` is found
    MARKDOWN = auto()  # a fence of markdown: the same, not counting fences in it
    DISPLAY_END = auto()  # right behind a display: until the line break that belongs there is made


class MathsTranslator:
    """One text, fed in pieces of any size. Takes time in proportion to the text."""

    def __init__(self) -> None:
        self._mode = _Mode.TEXT
        self._verbatim_end = re.compile("")
        self._fence = ""
        self._fence_inside = re.compile("")  # a line of a fence in a fence of markdown
        self._fences_inside = 0
        self._held = ""  # the end of the last piece, which waits for the next
        self._has_ended = False
        self._line_so_far = ""  # the beginning of the current line, as shown
        self._margin = ""  # what each line of the last display begins with
        self._end = ""  # of what was shown
        self._last_dollars = ""  # "$" if the last character shown is a dollar of the text, "$$" if it is ours
        self._shown: list[str] = []
        # Each step consumes from `at` and returns the next position; the same if it has to wait.
        self._steps: dict[_Mode, Callable[[str, int, int], int]] = {
            _Mode.TEXT: self._text,
            _Mode.FENCE_INFO: self._fence_info,
            _Mode.VERBATIM: self._verbatim,
            _Mode.MARKDOWN: self._markdown,
            _Mode.DISPLAY_END: self._display_end,
        }

    def feed(self, text: str) -> str:
        """Take the next piece; gives what can be shown now. A formula waits until it is whole."""
        source = self._held + text
        in_text = len(source.rstrip(_OPEN_ENDED_IN_TEXT))
        elsewhere = len(source.rstrip(_OPEN_ENDED))
        self._held = source[self._walk(source, in_text, elsewhere) :]
        return self._take_shown()

    def flush(self) -> str:
        """The text has ended: gives what waited."""
        source, self._held, self._has_ended = self._held, "", True
        self._walk(source, len(source), len(source))
        if self._mode is _Mode.FENCE_INFO:
            self._copy(self._fence, 0, len(self._fence))
        self._mode, self._has_ended = _Mode.TEXT, False
        return self._take_shown()

    def _walk(self, source: str, end_in_text: int, end_elsewhere: int) -> int:
        at = 0
        while at < (end := end_in_text if self._mode is _Mode.TEXT else end_elsewhere):
            mode, start = self._mode, at
            at = self._steps[mode](source, at, end)
            if at == start and mode is self._mode:
                break
        return at

    def _text(self, source: str, at: int, end: int) -> int:
        token = _TOKEN.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._copy(source, at, token.start())
        mark = token.group()
        if mark in (r"\(", r"\[", "$", "$$", r"\b"):
            return self._maths(source, token)
        if mark[0] == "$":
            return self._escape(token)
        if mark[0] in "`~":
            return self._open_code(source, token)
        return self._copy(source, token.start(), token.end())

    def _maths(self, source: str, token: re.Match[str]) -> int:
        starts_line = _MARGIN.fullmatch(self._line_so_far) is not None
        in_table = self._line_so_far.lstrip().startswith("|")
        place = Place(self._end.rsplit(None, 1)[-1] if self._end[-1:].strip() else "", starts_line, in_table)
        found = find(source, token.start(), place, has_ended=self._has_ended)
        if found is Found.UNKNOWN:
            return token.start()
        if not isinstance(found, Formula):
            return self._escape(token) if token.group() == "$$" else self._copy(source, token.start(), token.end())
        if found.is_display and not in_table:
            self._show_display(found.content, starts_line=starts_line)
        else:
            self._show_inline(found.content, in_table=in_table)
        return found.end

    def _escape(self, dollars: re.Match[str]) -> int:
        escaped = r"\$" * len(dollars.group())
        self._copy(escaped, 0, len(escaped))
        return dollars.end()

    def _show_inline(self, content: str, *, in_table: bool) -> None:
        """In one line: a line that began with `$$` would open a display, and a bar would end a table's cell."""
        line = re.sub(r"\n[ \t\r>]*", " ", content)
        if in_table:
            line = _TABLE_BAR.sub(lambda bar: r"\Vert " if len(bar.group()) > 1 else r"\vert ", line)
        self._dollars()
        self._copy(line, 0, len(line))
        self._dollars()

    def _show_display(self, content: str, *, starts_line: bool) -> None:
        """Each line gets the margin, or a lazy line would end a list item's display; blank ones would end it anyway."""
        margin = _MARGIN.match(self._line_so_far)
        self._margin = re.sub(r"[^>\s]", " ", margin.group()) if margin else ""
        if not starts_line:
            self._break_line()
        self._dollars()
        for line in content.split("\n"):
            kept = line.strip(" \t\r>") if ">" in self._margin else line.strip(" \t\r")
            if kept:
                self._break_line()
                self._copy(kept, 0, len(kept))
        self._break_line()
        self._dollars()
        self._mode = _Mode.DISPLAY_END

    def _display_end(self, source: str, at: int, end: int) -> int:
        self._mode = _Mode.TEXT
        space = _SPACE.match(source, at, end)
        start = space.end() if space else at
        if source[start : start + 1] not in ("\n", ""):
            self._break_line()
        return start

    def _open_code(self, source: str, token: re.Match[str]) -> int:
        mark = token.group()
        if len(mark) >= 3 and _MARGIN.fullmatch(self._line_so_far):
            self._fence, self._mode = mark, _Mode.FENCE_INFO
            return token.end()
        if mark[0] == "`":
            self._begin_inline_code(len(mark))
        return self._copy(source, token.start(), token.end())

    def _begin_inline_code(self, ticks: int) -> None:
        self._verbatim_end = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)|{_PARAGRAPH_END}")
        self._mode = _Mode.VERBATIM

    def _fence_info(self, source: str, at: int, end: int) -> int:
        bound = min(end, at + _INFO_LIMIT)
        token = (_INFO_END if self._fence[0] == "`" else _LINE_END).search(source, at, bound)
        if token is None and not self._has_ended and bound < at + _INFO_LIMIT:
            return at
        start = token.start() if token else bound
        fence, self._fences_inside = self._fence, 0
        self._verbatim_end = re.compile(rf"\n[ \t\r>]*{fence[0]}{{{len(fence)},}}[ \t\r]*(?=\n|\Z)")
        self._mode = _Mode.VERBATIM
        if token and token.group() == "`":  # no fence then: its info may hold no backtick
            self._begin_inline_code(len(fence))
        elif fence[0] == "`" and _MARKDOWN.fullmatch(source, at, start):
            line = rf"\n[ \t>]*(?P<ticks>`{{{len(fence)},}})(?:[ \t]*(?P<language>[^\s`])|[ \t\r]*(?=\n|\Z))"
            self._fence_inside, self._mode = re.compile(line), _Mode.MARKDOWN
            fence += "`" * _LONGER_FENCE
        self._copy(fence, 0, len(fence))
        return self._copy(source, at, start)

    def _verbatim(self, source: str, at: int, end: int) -> int:
        token = self._verbatim_end.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._mode = _Mode.TEXT
        return self._copy(source, at, token.end())

    def _markdown(self, source: str, at: int, end: int) -> int:
        token = self._fence_inside.search(source, at, end)
        if token is None:
            return self._copy(source, at, end)
        self._copy(source, at, token.end("ticks"))
        if token["language"]:
            self._fences_inside += 1
        elif self._fences_inside:
            self._fences_inside -= 1
        else:
            self._copy("`" * _LONGER_FENCE, 0, _LONGER_FENCE)
            self._mode = _Mode.TEXT
        return self._copy(source, token.end("ticks"), token.end())

    def _break_line(self) -> None:
        self._shown.append("\n" + self._margin)
        self._line_so_far, self._last_dollars, self._end = self._margin, "", ""

    def _dollars(self) -> None:
        # Four dollars in a row would be another mark, so a space keeps ours apart from others.
        self._shown.append(" $$" if self._last_dollars else "$$")
        self._line_so_far = (self._line_so_far + "$$")[:_MARGIN_LIMIT]
        self._last_dollars, self._end = "$$", self._end[-_END_LIMIT:] + "$$"

    def _copy(self, source: str, at: int, end: int) -> int:
        """Show this part of the source as it is; gives where it ends."""
        if at == end:
            return end
        if self._last_dollars == "$$" and source[at] == "$":
            self._shown.append(" ")
        self._shown.append(source[at:end])
        self._end = (self._end + source[max(at, end - _END_LIMIT) : end])[-_END_LIMIT:]
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
