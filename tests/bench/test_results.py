"""The JSON file of a measurement."""

from pathlib import Path

import pytest

from bench import results
from bench.results import load, save, together
from tests.bench.measuring import measured


def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    made = measured(answer=[{"frames": 500.0}, {"frames": 510.0}])
    save(made, tmp_path / "new" / "results.json")
    assert load(tmp_path / "new" / "results.json") == made


def test_a_newer_run_of_a_scenario_takes_the_place_of_an_older_one() -> None:
    older = measured(answer=[{"frames": 1.0}], crowd=[{"frames": 2.0}])
    newer = measured(answer=[{"frames": 3.0}])
    assert together(older, newer).runs == {"answer": [{"frames": 3.0}], "crowd": [{"frames": 2.0}]}


def test_what_another_commit_cost_is_not_kept() -> None:
    older, newer = measured(crowd=[{"frames": 2.0}]), measured(answer=[{"frames": 3.0}])
    newer.commit = "def5678"
    assert together(older, newer) == newer


@pytest.mark.processes
def test_a_measurement_says_where_it_was_made_even_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    made = results.begin("Chrome/1")
    assert made.commit == results.UNKNOWN
    assert made.machine.cores >= 1
