"""The figures of the benchmark: what each is called, and how much of a change is more than chance. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Figures = Mapping[str, float]
"""Figure -> value, in the unit that the figure's name ends with."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; less is better. It got worse when it grew by more than `share` of what it was and `slack` besides.

    `by_run` says that a run gives one observation, so that the worst run is worth a look beside the median.
    """

    key: str
    label: str
    share: float
    slack: float
    by_run: bool = False


def _delays(key: str, label: str) -> tuple[Figure, ...]:
    kinds = (("p50", "median"), ("p95", "p95"), ("worst", "worst"))
    return tuple(Figure(f"{key}_{kind}_ms", f"{label}, {words}, ms", 0.25, 20) for kind, words in kinds)


def _load(page: str) -> tuple[Figure, ...]:
    return (
        Figure(f"{page}_kb", f"{page}: compressed, KB", 0.02, 2),
        Figure(f"{page}_script_kb", f"{page}: of that JavaScript, KB", 0.02, 2),
        Figure(f"{page}_requests", f"{page}: requests", 0.0, 1),
        Figure(f"{page}_first_text_ms", f"{page}: first text after, ms", 0.25, 50, by_run=True),
        Figure(f"{page}_usable_ms", f"{page}: usable after, ms", 0.25, 50, by_run=True),
    )


KINDS = ("server", "web", "worker", "redis", "postgres", "proxy", "model")
"""The kinds of processes; "server" is chatapp in one process, "model" the scripted model, which stands for another
machine's."""

FIGURES: tuple[Figure, ...] = (
    Figure("own_message_ms", "click to own message in the page, ms", 0.25, 20, by_run=True),
    Figure("asked_ms", "click to the model asked, ms", 0.25, 20, by_run=True),
    Figure("first_text_ms", "first part sent to first text, ms", 0.25, 20, by_run=True),
    Figure("last_text_ms", "last part sent to last text, ms", 0.25, 20, by_run=True),
    *_delays("part", "any part sent to its text"),
    Figure("websocket_kb", "websocket, KB", 0.05, 2),
    Figure("frames", "websocket, frames", 0.1, 10),
    Figure("main_thread_s", "main thread, s", 0.15, 0.2),
    Figure("script_s", "main thread: script, s", 0.15, 0.2),
    Figure("layout_s", "main thread: layout, s", 0.15, 0.2),
    Figure("style_s", "main thread: style, s", 0.15, 0.2),
    Figure("longest_task_ms", "longest task (0: none of 50), ms", 0.25, 30, by_run=True),
    Figure("heap_mb", "JavaScript heap, MB", 0.2, 5),
    *_delays("first_own", "a second's thought: click to own message"),
    *_delays("first_click", "a second's thought: click to the model asked"),
    *_delays("first_words", "a second's thought: first part to first text"),
    Figure("not_completed", "answers not completed", 0.0, 0),
    *_delays("delay", "people: part sent to its frame"),
    *_delays("click", "people: click to the model asked"),
    *_delays("spread_delay", "people one by one: part to frame"),
    *_delays("spread_click", "people one by one: click to model"),
    Figure("kb_a_person", "people: websocket for each, KB", 0.05, 2),
    Figure("frames_a_person", "people: frames for each", 0.1, 10),
    Figure("chatapp_cpu_s", "CPU of chatapp, s", 0.15, 0.1),
    Figure("all_cpu_s", "CPU of all, the model too, s", 0.15, 0.1),
    Figure("chatapp_cpu_ms_per_1000_tokens", "CPU of chatapp for 1,000 tokens, ms", 0.15, 10),
    Figure("all_cpu_ms_per_1000_tokens", "CPU of all for 1,000 tokens, ms", 0.15, 10),
    Figure("sdk_cpu_ms_per_1000_tokens", "CPU of the SDK alone for 1,000 tokens, ms", 0.15, 10),
    *(Figure(f"{kind}_cpu_s", f"CPU: {kind}, s", 0.2, 0.2) for kind in KINDS),
    *(Figure(f"{kind}_memory_mb", f"memory: {kind}, MB", 0.2, 10) for kind in KINDS),
    *_load("login"),
    *_load("conversation"),
)
"""In the order of the table."""


def spread(key: str, values: Iterable[float]) -> dict[str, float]:
    """Median, 95th percentile and worst as figures; nothing of nothing."""
    ordered = sorted(values)
    if not ordered:
        return {}
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        f"{key}_p50_ms": round(median(ordered), 1),
        f"{key}_p95_ms": round(p95, 1),
        f"{key}_worst_ms": round(ordered[-1], 1),
    }


def medians(runs: Sequence[Figures]) -> dict[str, float]:
    """The median of each figure over the runs that have it."""
    return {key: median(run[key] for run in runs if key in run) for key in _keys(runs)}


def worsts(runs: Sequence[Figures]) -> dict[str, float]:
    """The largest of each figure; of a handful of runs it is the 95th percentile too."""
    return {key: max(run[key] for run in runs if key in run) for key in _keys(runs)}


def _keys(runs: Sequence[Figures]) -> dict[str, None]:
    return dict.fromkeys(key for run in runs for key in run)
