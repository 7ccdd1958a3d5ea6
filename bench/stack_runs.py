"""Reads what `bench.people --stack` has printed: a line a run, of which those of one load count as one, by medians."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

SUFFIX = "_cpu_s"
SUMS = {"all", "chatapp"}
LOAD = ("people", "tokens", "rate")

Run = Mapping[str, float]


def read_runs(path: Path) -> list[dict[str, object]]:
    """Each load that the file has runs of: their medians, and the CPU seconds by kind of process as `cpu_seconds`."""
    runs: dict[tuple[float, ...], list[Run]] = defaultdict(list)
    for line in path.read_text().splitlines():
        run = json.loads(line)
        runs[tuple(run[name] for name in LOAD)].append(run)
    return [
        {**_medians(of_load), **dict(zip(LOAD, load, strict=True)), "cpu_seconds": _medians(map(_by_kind, of_load))}
        for load, of_load in runs.items()
    ]


def _medians(runs: Iterable[Run]) -> dict[str, float]:
    together = list(runs)
    return {name: median(run[name] for run in together) for name in together[0]}


def _by_kind(run: Run) -> dict[str, float]:
    """`web_cpu_s` and so on, without the sums over kinds."""
    used = {key.removesuffix(SUFFIX): seconds for key, seconds in run.items() if key.endswith(SUFFIX)}
    return {kind: seconds for kind, seconds in used.items() if kind not in SUMS}
