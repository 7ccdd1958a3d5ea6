"""What an answer consists of: its parts, its pace and the fault it runs into. Data only, no sockets."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

USUAL_RATE_PER_SECOND = 100.0
# A part cannot take longer than 10 s, and beyond 10,000 a second the event loop, not the script, sets the pace.
SLOWEST_RATE_PER_SECOND = 0.1
FASTEST_RATE_PER_SECOND = 10_000.0


class Fault(StrEnum):
    """Everything that can go wrong between a model server and its client, under the names a person asks for."""

    UNAUTHORIZED = "401"
    RATE_LIMITED = "429"
    SERVER_ERROR = "500"
    RESET = "reset"
    STALL = "stall"
    IDLE = "idle"
    DRIP = "drip"
    DROP = "drop"
    NO_FINISH = "nofinish"
    NO_DONE = "nodone"
    BAD_JSON = "badjson"
    BAD_UTF8 = "badutf8"
    NUL = "nul"
    SURROGATE = "surrogate"
    CRLF = "crlf"
    HUGE_EVENT = "hugeevent"
    HUGE_ANSWER = "hugeanswer"
    EMPTY = "empty"
    ERROR_EVENT = "errorevent"


@dataclass(frozen=True, slots=True)
class Script:
    """One answer, to be played once: its parts may be a generator."""

    parts: Iterable[str]
    rate_per_second: float = USUAL_RATE_PER_SECOND
    delay_seconds: float = 0.0
    reasoning: Iterable[str] = ()
    fault: Fault | None = None
