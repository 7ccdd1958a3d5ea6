"""What each unit of work costs one process, as `python -m bench.unit_costs` measured it; kept in bench/costs.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("costs.json")


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU time in microseconds (`_us`), memory in megabytes, traffic in bytes. `..._second` is for each second.

    A read is one look at a model's connection, which brings one part or several; an entry is what a writer appends to
    the log at one time, and `follow` its way through the hub; a `redis_read` is a process's look for new entries, and
    `redis_read_key` what each key that it names adds; a piece is the text of one checkpoint; a flush is one update of
    one page; a send is everything from a question to its page showing it, and `end` the same of its end.
    """

    worker_second_us: float
    read_us: float
    part_us: float
    append_us: float
    piece_us: float
    answer_us: float

    web_second_us: float
    page_second_us: float
    send_us: float
    flush_us: float
    follow_us: float
    end_us: float

    redis_worker_second_us: float
    redis_append_us: float
    redis_read_us: float
    redis_read_key_us: float
    redis_send_us: float
    redis_answer_us: float
    redis_flush_us: float
    redis_end_us: float
    redis_page_second_us: float
    redis_web_second_us: float

    postgres_second_us: float
    postgres_page_second_us: float
    postgres_piece_us: float
    postgres_send_us: float
    postgres_answer_us: float
    postgres_end_us: float
    postgres_sweep_us: float
    postgres_sweep_row_us: float

    sqlite_send_us: float
    sqlite_piece_us: float

    client_frame_us: float
    flush_bytes: float
    send_bytes: float
    web_mb: float
    page_mb: float
    worker_mb: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """By how much whole processes cost more than the sum of their units, found from runs of the stack at `people`.

    The only numbers of the model that no unit was measured for; 1 where nothing was fitted.
    """

    people: tuple[int, ...] = ()
    web: float = 1.0
    worker: float = 1.0
    redis: float = 1.0
    postgres: float = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The costs, when (UTC) and on what they were measured, and what was fitted."""

    at: str
    on: str
    costs: Costs
    fitted: Fitted = Fitted()

    def save(self, path: Path = FILE) -> None:
        """Write it, to be committed."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")


def load(path: Path = FILE) -> Measured:
    """What is committed. Raises FileNotFoundError, and TypeError where a cost is missing or unknown."""
    found = json.loads(path.read_text())
    fitted = {**found["fitted"], "people": tuple(found["fitted"]["people"])}
    return Measured(found["at"], found["on"], Costs(**found["costs"]), Fitted(**fitted))
