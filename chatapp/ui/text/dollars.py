r"""Tells the formula in `$x$` from prices, variables of a shell and other dollars, by pandoc's rule and a little more.

Pandoc's: no space right of the first dollar, none left of the second, no digit right of it; the next dollar ends the
formula or there is none. More, for what people and models write: no code, link or quotation in a formula, and no words
but in braces, so that "$5 a month, or 50$ a year" is prose before its second dollar has come.
"""

import re
from dataclasses import dataclass

LIMIT_CHARACTERS = 600
"""Of a formula with its dollars. A dollar keeps no more text waiting for the second one."""

_FUNCTIONS = frozenset(
    {"arg", "cos", "cosh", "cot", "csc", "deg", "det", "dim", "div", "exp", "gcd", "hom", "inf", "ker", "lcm", "lim"}
    | {"log", "max", "min", "mod", "sec", "sgn", "sin", "sinh", "sup", "tan", "tanh"}
)
_CONNECTING = frozenset(
    {"a", "an", "and", "as", "at", "by", "do", "for", "if", "in", "is", "it", "no", "of", "on", "or", "so", "the", "to"}
    | {"up", "vs", "we"}
)
"""Short words of prose. Longer ones are prose unless they are functions."""
_WORD_CHARACTERS = 3
_WITHOUT_SPACES = re.compile(r"[^\x00-\u03ff\u1d00-\u2bff]{2}|[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]")
"""Words and stops of languages that put no spaces between words; Greek letters are those of formulas."""

# Each block ends a formula, so does what holds none. Words and signs are read one by one.
_BLOCK = r"\n[ \t\r>]*(?:\n|`{3}|~{3}|\#{1,6}[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|\|)"
_PIECE = re.compile(
    rf"(?P<no>{_BLOCK}|[`\"]|\]\()|(?P<dollars>\$\$*)|(?P<open>\{{)|(?P<close>\}})"
    r"|(?P<sign>\\(?:[A-Za-z]+|[\s\S])|[\^_=<>])|(?P<word>[^\W\d_]+)|(?P<other>[^\s\w])|\d+"
)
_STARTS_NONE = re.compile(r"[\s',;)\]}%]|[|/]\^|$")
_STARTS_ONE_AFTER_A_DIGIT = re.compile(r"[A-Za-z\\({\[|]")
_VARIABLE = re.compile(r"[A-Za-z](?![A-Za-z])|[\\(\[|]")
_ENDS_ONE_BEFORE_A_WORD = re.compile(r"[\w)\]}'!|*]$")
_GOES_ON = re.compile(r"[A-Za-z_{(]")
_ADDRESS = ("](", "://", "www.")
_OPENED = re.compile(r"\s\(")
_BAR = re.compile(r"(?<!\\)\|")


def closing(window: str, word: str, *, in_table: bool, is_whole: bool) -> int | None:
    """Where in `window`, which begins with a dollar, the one stands that ends its formula; 0 if it begins none.

    `word` stands directly before it. None as long as more text may tell, unless the window `is_whole`.
    """
    if len(window) == 1 and not is_whole:
        return None
    if _STARTS_NONE.match(window, 1) or _is_address(word):
        return 0
    end = _next_dollar(window, is_whole=is_whole)
    if not end:
        return end
    content, behind = window[1:end], window[end + 1 : end + 2]
    if behind == "$":
        behind = window[end + 2 : end + 3]
        if window.startswith("$$$", end) or not behind or behind.isspace():
            return 0
    is_formula = _ends_formula(content, behind) and _fits_between(content, word[-1:], behind)
    return end if is_formula and not (in_table and _spans_cells(content)) else 0


def _next_dollar(window: str, *, is_whole: bool) -> int | None:
    prose = _Prose(starts_with_variable=_VARIABLE.match(window, 1) is not None)
    for piece in _PIECE.finditer(window, 1):
        if piece["no"] is not None:
            return 0
        if piece.end() == len(window) and not is_whole:
            return None
        if piece["dollars"]:
            return piece.start()
        if prose.is_seen_with(piece):
            return 0
    return 0 if is_whole else None


@dataclass
class _Prose:
    """What was read behind the first dollar, as far as it says whether that is prose."""

    starts_with_variable: bool
    depth: int = 0
    has_signs: bool = False
    words: int = 0
    """In a row, at the end."""

    def is_seen_with(self, piece: re.Match[str]) -> bool:
        """Whether, with the next piece, it is. Two words in a row are; one is in what does not look like a formula."""
        self.depth = max(0, self.depth + (piece["open"] is not None) - (piece["close"] is not None))
        self.has_signs |= piece["sign"] is not None
        if self.depth or not self._is_word(piece):
            self.words = 0
            return False
        self.words += 1
        return self.words > 1 or not (self.has_signs or self.starts_with_variable)

    def _is_word(self, piece: re.Match[str]) -> bool:
        if piece.start() > 1 and _WITHOUT_SPACES.match(piece.group()):
            return True
        before = piece.string[max(0, piece.start() - 2) : piece.start()]
        if piece["word"] is None or not (before[-1:].isspace() or _OPENED.fullmatch(before)):
            return False
        word = piece["word"].lower()
        return word in _CONNECTING or (len(word) >= _WORD_CHARACTERS and word not in _FUNCTIONS)


def _ends_formula(content: str, behind: str) -> bool:
    if content[-1].isspace() or content[-1] == "(" or (behind and behind in "0123456789"):
        return False
    return not _GOES_ON.match(behind) or _ENDS_ONE_BEFORE_A_WORD.search(content) is not None


def _fits_between(content: str, before: str, behind: str) -> bool:
    """`Outer$Inner$` in a word is a name, `5$-10$` are prices."""
    is_in_word = re.fullmatch(r"[A-Za-z0-9]{2}", before + behind) is not None
    is_price = before.isdigit() and not _STARTS_ONE_AFTER_A_DIGIT.match(content)
    return not is_in_word and not is_price


def _spans_cells(content: str) -> bool:
    """`| $5 | 6$ |`, where `| $|x|$ |` is a formula in one cell."""
    return "\n" in content or len(_BAR.findall(content)) % 2 > 0 or re.search(r"\s\|\s", content) is not None


def _is_address(word: str) -> bool:
    start = max(word.rfind(mark) for mark in _ADDRESS)
    return start >= 0 and ")" not in word[start:] and word[start:].isascii()
