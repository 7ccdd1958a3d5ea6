r"""Finds a formula in what a model wrote: `\( \)`, `$ $`, `\[ \]`, `$$ $$` and `\begin{align} \end{align}`.

What only looks like one is none: words between brackets ("a group is written \( and \)"), and a beginning without an
end in the same paragraph, for a display within `LIMIT_CHARACTERS`. The module `dollars` tells `$ $` from prices.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from chatapp.ui.text import dollars

LIMIT_CHARACTERS = 4_000
"""Of a formula with its marks. Until its end has come it is not known to be one, and not shown."""

ENVIRONMENTS = frozenset(
    {"align", "align*", "alignat", "alignat*", "aligned", "cases", "equation", "equation*", "gather", "gather*"}
    | {"gathered", "split", "array", "matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "Vmatrix"}
)
"""Those that KaTeX knows."""

_BEGIN = re.compile(r"\\begin\{([A-Za-z*]*)(\})?")
_FENCE_OR_HEADING = r"\n[ \t\r>]*(?:`{3}|~{3}|\#{1,6}[ \t])"
# All alternatives of a search stop at what stands first, so none runs past an end.
_IN_PARAGRAPH = re.compile(rf"(?P<no>{_FENCE_OR_HEADING}|\n[ \t\r>]*\n)|(?P<dollars>\$\$+)|\\[\s\S]")
_IN_DISPLAY = re.compile(rf"(?P<no>{_FENCE_OR_HEADING})|(?P<dollars>\$\$+)|\\(?:begin|end)\{{[A-Za-z*]*\}}|\\[\s\S]")
_LINE_REST = re.compile(r"[ \t\r]*(?:\n|\Z)")

_CONNECTING = frozenset(
    {"and", "are", "as", "but", "by", "for", "in", "is", "nor", "not", "of", "or", "the", "then", "to", "with"}
    | {"und", "oder", "et", "ou", "y", "e"}
)
"""With one of these, words between marks are prose: `\\( ab \\)` may well be a product."""
_WORDS = re.compile(r"\s+[a-zäöüéè]+(?:,?\s+[a-zäöüéè]+)*\s+")
_FILE_NAME = re.compile(r"\w[\w.-]+")


class Found(Enum):
    """What is known of a mark when it begins no formula that is known already."""

    NOTHING = auto()
    UNKNOWN = auto()  # until more text has come


@dataclass(frozen=True)
class Formula:
    """What stands between the marks, and where in the source the second mark ends."""

    content: str
    end: int
    is_display: bool


@dataclass(frozen=True)
class Place:
    """What stands before a mark: the word it is in, only list and quote marks, the `|` of a table's row."""

    word: str
    starts_line: bool
    in_table: bool


def find(source: str, start: int, place: Place, *, has_ended: bool) -> Formula | Found:
    """The formula whose first mark stands at `start`. More text never changes an answer other than UNKNOWN."""
    is_single = source[start] == "$" and not source.startswith("$$", start)
    limit = dollars.LIMIT_CHARACTERS if is_single else LIMIT_CHARACTERS
    window = source[start : start + limit]
    is_whole = has_ended or len(window) == limit
    found = _read(window, place, is_whole=is_whole)
    if found is None:
        return Found.NOTHING if is_whole else Found.UNKNOWN
    if isinstance(found, Found) or _is_prose(found.content, place.word[-1:]):
        return Found.NOTHING
    return Formula(found.content, start + found.end, found.is_display)


def _read(window: str, place: Place, *, is_whole: bool) -> Formula | Found | None:
    if window.startswith(r"\("):
        return _between(window, 2, _IN_PARAGRAPH, r"\)", is_display=False)
    if window.startswith(r"\["):
        return _between(window, 2, _IN_DISPLAY, r"\]", is_display=True)
    if window.startswith("$$"):
        return _dollars(window, place, is_whole=is_whole)
    if window[0] == "$":
        return _dollar(window, place, is_whole=is_whole)
    return _environment(window) if place.starts_line else Found.NOTHING


def _between(window: str, at: int, marks: re.Pattern[str], closing: str, *, is_display: bool) -> Formula | Found | None:
    for mark in marks.finditer(window, at):
        if mark.group() == closing:
            content = window[at : mark.start()]
            return Formula(content, mark.end(), is_display) if content.strip() else Found.NOTHING
        if mark["no"] is not None or mark["dollars"] is not None or mark.group() in (r"\(", r"\["):
            return Found.NOTHING
    return None


def _dollar(window: str, place: Place, *, is_whole: bool) -> Formula | Found | None:
    end = dollars.closing(window, place.word, in_table=place.in_table, is_whole=is_whole)
    if end is None:
        return None
    return Formula(window[1:end], end + 1, is_display=False) if end else Found.NOTHING


def _dollars(window: str, place: Place, *, is_whole: bool) -> Formula | Found | None:
    is_alone = _LINE_REST.match(window, 2)
    may_be_display = (place.starts_line or (is_alone and is_alone.end() < len(window))) and not place.in_table
    if not is_whole and is_alone and is_alone.end() == len(window):
        return None  # whether the line goes on decides what kind it is
    marks = _IN_DISPLAY if place.starts_line and is_alone else _IN_PARAGRAPH
    for mark in marks.finditer(window, 2):
        if mark["no"] is not None:
            return Found.NOTHING
        if mark["dollars"] and mark.end() == len(window) and not is_whole:
            return None  # three dollars are another mark
        if mark["dollars"] == "$$":
            return _closed(
                window, mark, may_be_display=bool(may_be_display), in_table=place.in_table, is_whole=is_whole
            )
        if mark["dollars"]:
            return Found.NOTHING
    return None


def _closed(
    window: str, closing: re.Match[str], *, may_be_display: bool, in_table: bool, is_whole: bool
) -> Formula | Found | None:
    content = window[2 : closing.start()]
    if not content.strip() or (in_table and "\n" in content):
        return Found.NOTHING
    if may_be_display and not is_whole and not window[closing.end() :].strip(" \t\r"):
        return None  # alone on its line, as far as one can see
    is_alone = _LINE_REST.match(window, closing.end()) is not None
    return Formula(content, closing.end(), may_be_display and ("\n" in content or is_alone))


def _environment(window: str) -> Formula | Found | None:
    begin = _BEGIN.match(window)
    if begin is None or begin[2] is None:
        is_open = begin.end() == len(window) if begin else r"\begin{".startswith(window)
        return None if is_open else Found.NOTHING
    if begin[1] not in ENVIRONMENTS:
        return Found.NOTHING
    for mark in _IN_DISPLAY.finditer(window, begin.end()):
        if mark.group() == rf"\end{{{begin[1]}}}":
            return Formula(window[: mark.end()], mark.end(), is_display=True)
        if mark["no"] is not None or mark["dollars"] is not None or mark.group() == begin.group():
            return Found.NOTHING
    return None


def _is_prose(content: str, before: str) -> bool:
    if before and before in ":\\/":
        return _FILE_NAME.fullmatch(content) is not None
    return _WORDS.fullmatch(content) is not None and not _CONNECTING.isdisjoint(re.split(r"[,\s]+", content))
