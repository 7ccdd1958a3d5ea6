"""What was measured, as one JSON file: every run, the medians, and on which machine, from which commit."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import Figures, medians, worsts
from chatapp.clock import now

ROOT = Path(__file__).parents[1]
UNKNOWN = "an unknown commit"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured: times of different machines say nothing about each other."""

    cores: int
    processor: str
    system: str
    python: str
    browser: str


@dataclass(slots=True)
class Measured:
    """The runs of each scenario, by its name, oldest first."""

    machine: Machine
    commit: str
    at: str
    runs: dict[str, list[Figures]] = field(default_factory=dict)

    def median(self, scenario: str) -> dict[str, float]:
        """The figures of a scenario; none if it was not measured."""
        return medians(self.runs.get(scenario, []))

    def worst(self, scenario: str) -> dict[str, float]:
        """The largest figures of a scenario."""
        return worsts(self.runs.get(scenario, []))

    def as_json(self) -> dict[str, Any]:
        """What the file holds."""
        summed = {
            name: {"median": self.median(name), "worst": self.worst(name), "runs": runs}
            for name, runs in self.runs.items()
        }
        return {"at": self.at, "commit": self.commit, "machine": asdict(self.machine), "scenarios": summed}


def begin(browser: str) -> Measured:
    """Nothing yet, measured here and now."""
    machine = Machine(os.cpu_count() or 1, _processor(), platform.platform(), platform.python_version(), browser)
    return Measured(machine, _commit(), now().isoformat(timespec="seconds"))


def save(measured: Measured, file: Path) -> None:
    """Write it, with the folder that is to hold it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured.as_json(), indent=1) + "\n")


def load(file: Path) -> Measured:
    """What `save` wrote. Raises OSError, ValueError, KeyError."""
    held = json.loads(file.read_text())
    runs: dict[str, list[Figures]] = {name: summed["runs"] for name, summed in held["scenarios"].items()}
    return Measured(Machine(**held["machine"]), held["commit"], held["at"], runs)


def together(older: Measured, newer: Measured) -> Measured:
    """The newer with those scenarios that only the older has, if both measured the same commit on the same machine."""
    if (older.machine, older.commit) != (newer.machine, newer.commit):
        return newer
    return Measured(newer.machine, newer.commit, newer.at, {**older.runs, **newer.runs})


def _commit() -> str:
    """The commit, with a plus for what has changed since. What was measured is no change, however often it is kept."""
    commit = _git("rev-parse", "--short", "HEAD") or UNKNOWN
    changed = _git("status", "--porcelain", "--", "assets", "chatapp", "bench", ":!bench/*.json")
    return f"{commit}+" if changed else commit


def _git(*command: str) -> str:
    try:
        answer = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=False, text=True)
    except FileNotFoundError:
        return ""
    return answer.stdout.strip()


def _processor() -> str:
    lines: Sequence[str] = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
