"""Makes a model's text storable: PostgreSQL stores no NUL, and UTF-8 has no way to write half a surrogate pair.

JSON can hold both, and servers that cut text by UTF-16 units spread a pair over two events.
"""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextRepair:
    """Repairs the pieces of one text, given in order; a pair that was cut between two pieces is joined again."""

    def __init__(self) -> None:
        self._first_half = ""

    def mend(self, piece: str) -> str:
        """The text that can go out now; half a pair at its end is held back until the next piece."""
        if piece.isascii() and not self._first_half:
            return piece.replace("\0", "")
        piece = self._first_half + piece
        self._first_half = ""
        if not _has_surrogates(piece):
            return piece.replace("\0", "")
        if "\ud800" <= piece[-1] <= "\udbff":
            piece, self._first_half = piece[:-1], piece[-1]
        return _join_pairs(piece).replace("\0", "")

    def end(self) -> str:
        """What was held back, as the replacement character, now that no other half can come."""
        held_back, self._first_half = self._first_half, ""
        return REPLACEMENT if held_back else ""


def mend(text: str) -> str:
    """A whole text, repaired."""
    repair = TextRepair()
    return repair.mend(text) + repair.end()


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _join_pairs(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
