"""How long after the model each part of an answer was on the screen, told from what its end read at each change.

The model's pace is exact, so the time at which it sent part i follows from the first part's. Pure.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

TAIL_CHARACTERS = (24, 16, 10, 6)
"""How much of a screen's end is looked for in the source, the longest first. Markdown shows less than what was written
(the number of a list's line is not text), so a long end is not always found; fewer characters may stand twice."""

LEEWAY_SECONDS = 0.05
"""By how much clocks and the model's timer may differ when what was sent so far is worked out."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When the model sent what: the first part at `first_part_at` (seconds since the epoch), then `rate` a second."""

    first_part_at: float
    rate: float

    def sent_at(self, part: int) -> float:
        """When part `part` (from 0) was sent."""
        return self.first_part_at + part / self.rate

    def parts_by(self, at: float) -> int:
        """At most how many parts were sent by then."""
        return max(0, int((at - self.first_part_at + LEEWAY_SECONDS) * self.rate) + 1)


def counted_delays_ms(arrivals: Iterable[tuple[float, int]], pace: Pace) -> Iterator[float]:
    """For each number of an answer that counts, how long after the model sent it it arrived.

    `arrivals` pairs the time of a frame with the newest number in it.
    """
    shown = 0
    for at, newest in arrivals:
        for part in range(shown, newest):
            yield (at - pace.sent_at(part)) * 1000
        shown = max(shown, newest)


def shown_delays_ms(marks: Sequence[tuple[float, str]], parts: Sequence[str], pace: Pace) -> Iterator[float]:
    """For each part of an answer, how long after the model sent it it was shown.

    `marks` pairs the time of each change of the page with the end of the text on it. Where an end is not found in the
    source, as in the middle of a formula, nothing is said about the parts around it; nor ever about parts without a
    letter or digit.
    """
    found: list[tuple[float, int | None]] = [(0.0, 0)]
    found += zip((at for at, _ in marks), _parts_shown(marks, parts, pace), strict=True)
    for (_, before), (at, shown) in pairwise(found):
        if before is not None and shown is not None:
            visible = (part for part in range(before, shown) if _bare(parts[part]))
            yield from ((at - pace.sent_at(part)) * 1000 for part in visible)


def shows_all(tail: str, parts: Sequence[str]) -> bool:
    """Whether the text on the screen ends as the answer does."""
    return _bare("".join(parts)).endswith(_bare(tail)[-TAIL_CHARACTERS[-1] :])


def _parts_shown(marks: Sequence[tuple[float, str]], parts: Sequence[str], pace: Pace) -> Iterator[int | None]:
    """For each mark, how many parts it shows; None where that cannot be told."""
    text, shown = _bare("".join(parts)), 0
    ends = [0, *accumulate(len(_bare(part)) for part in parts)]
    for at, tail in marks:
        limit = ends[min(len(parts), pace.parts_by(at))]
        end = _end_of(_bare(tail), text, shown, limit)
        shown = end if end is not None else shown
        yield bisect_left(ends, end) if end is not None else None


def _end_of(tail: str, text: str, at_least: int, limit: int) -> int | None:
    """Where in `text` the end of `tail` stands, from `at_least` to `limit`."""
    if len(tail) < TAIL_CHARACTERS[-1]:  # the first word of an answer
        return len(tail) if tail and text.startswith(tail) and at_least <= len(tail) else None
    for length in TAIL_CHARACTERS:
        wanted = tail[-length:]
        found = text.rfind(wanted, max(0, at_least - len(wanted)), limit)
        if found >= 0:
            return found + len(wanted)
    return None


def _bare(text: str) -> str:
    """Letters and digits alone: what markdown marks up is not shown, and white space is shown otherwise."""
    return "".join(filter(str.isalnum, text))
