"""What one can ask the demo model: finds the wish in a question and turns it into a script."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, repeat

from chatapp.demo_model import samples
from chatapp.demo_model.long_answer import long_answer
from chatapp.demo_model.script import (
    FASTEST_RATE_PER_SECOND,
    SLOWEST_RATE_PER_SECOND,
    USUAL_RATE_PER_SECOND,
    Fault,
    Script,
)
from chatapp.demo_model.tokens import split_tokens

# Single characters make long answers; at this rate a payload of a screenful still ends within seconds.
_REPEAT_RATE_PER_SECOND = 400.0
_SLOW_RATE_PER_SECOND = 5.0
# Anybody signed in may wish: these keep one message from occupying the server for days.
_MOST_TOKENS = 200_000
_LONGEST_WAIT_SECONDS = 3_600.0

_HUGE_EVENT_BYTES = 10 * 1024 * 1024
_HUGE_ANSWER_BYTES = 5 * 1024 * 1024
_HUGE_ANSWER_PART_BYTES = 4 * 1024
_LINE = "Line after line, this answer only wants to be very, very long.\n"


def _wish(pattern: str) -> re.Pattern[str]:
    """`pattern` as whole words."""
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


_REPEAT = re.compile(r"(?<!\w)repeat exactly:[ \n]?(?P<text>.*)", re.IGNORECASE | re.DOTALL)
_COUNT = _wish(r"count\s+(?P<number>\d+)")
_LONG = _wish(r"long\s+(?P<number>\d+)")
_RATE = _wish(r"at\s+(?P<number>\d+(?:\.\d+)?)")
_SLOW = _wish(r"slow")
_WAIT = _wish(r"wait\s+(?P<number>\d+(?:\.\d+)?)")
_SHOWN = {_wish(word): text for word, text in samples.SHOWN.items()}
_REASONING = _wish(r"reasoning")
_FAIL = _wish(rf"fail\s+(?P<kind>{'|'.join(Fault)})")


def script_of(question: str) -> Script:
    """The script for `question`: the first wish that it contains wins; without any, a word on what this is."""
    for wish in (_repeat, _count, _long, _slow, _wait, _show, _fail):
        script = wish(question)
        if script is not None:
            return script
    return Script(split_tokens(samples.GREETING))


def _repeat(question: str) -> Script | None:
    found = _REPEAT.search(question)
    return Script(found["text"], rate_per_second=_REPEAT_RATE_PER_SECOND) if found else None


def _count(question: str) -> Script | None:
    found = _COUNT.search(question)
    if found is None:
        return None
    return Script(_numbers_to(_tokens_in(found)), rate_per_second=_rate_in(question))


def _numbers_to(last: int) -> Iterator[str]:
    return (str(number) if number == 1 else f" {number}" for number in range(1, last + 1))


def _long(question: str) -> Script | None:
    found = _LONG.search(question)
    return Script(long_answer(_tokens_in(found)), rate_per_second=_rate_in(question)) if found else None


def _tokens_in(found: re.Match[str]) -> int:
    # Cut before int(): Python refuses to read numbers of more than 4,300 digits.
    return min(int(found["number"][:9]), _MOST_TOKENS)


def _rate_in(question: str) -> float:
    found = _RATE.search(question)
    rate = float(found["number"]) if found else USUAL_RATE_PER_SECOND
    return min(max(rate, SLOWEST_RATE_PER_SECOND), FASTEST_RATE_PER_SECOND)


def _slow(question: str) -> Script | None:
    if _SLOW.search(question) is None:
        return None
    return Script(split_tokens(samples.SLOW), rate_per_second=_SLOW_RATE_PER_SECOND)


def _wait(question: str) -> Script | None:
    found = _WAIT.search(question)
    if found is None:
        return None
    delay_seconds = min(float(found["number"]), _LONGEST_WAIT_SECONDS)
    return Script(split_tokens(samples.GREETING), delay_seconds=delay_seconds)


def _show(question: str) -> Script | None:
    shown = [text for wish, text in _SHOWN.items() if wish.search(question)]
    reasons = _REASONING.search(question) is not None
    if not shown and not reasons:
        return None
    return Script(
        split_tokens("\n\n".join(shown or [samples.AFTER_REASONING])),
        reasoning=split_tokens(samples.REASONING) if reasons else (),
    )


def _fail(question: str) -> Script | None:
    found = _FAIL.search(question)
    if found is None:
        return None
    fault = Fault(found["kind"].lower())
    rate = FASTEST_RATE_PER_SECOND if fault is Fault.HUGE_ANSWER else USUAL_RATE_PER_SECOND
    return Script(_parts_that_fail(fault), rate_per_second=rate, fault=fault)


def _parts_that_fail(fault: Fault) -> Iterable[str]:
    match fault:
        case Fault.EMPTY:
            return ()
        case Fault.HUGE_EVENT:
            return (_LINE * (_HUGE_EVENT_BYTES // len(_LINE)),)
        case Fault.HUGE_ANSWER:
            part = _LINE * (_HUGE_ANSWER_PART_BYTES // len(_LINE))
            return repeat(part, _HUGE_ANSWER_BYTES // _HUGE_ANSWER_PART_BYTES)
        case Fault.NUL:
            return chain(["A NUL ", "\x00", " stands", " be\x00tween. "], split_tokens(samples.BROKEN_OFF))
        case Fault.SURROGATE:
            return chain(["Half a", " pair: ", "\ud800", ". "], split_tokens(samples.BROKEN_OFF))
        case _:
            return split_tokens(samples.BROKEN_OFF)
