"""What counts as worse than a baseline."""

from dataclasses import replace

from bench.compare import changes, report
from tests.bench.measuring import MACHINE, measured

BASELINE = measured(answer=[{"websocket_kb": 100.0, "first_text_ms": 40.0, "main_thread_s": 4.0}])


def test_what_grew_beyond_its_tolerance_is_worse() -> None:
    present = measured(answer=[{"websocket_kb": 120.0, "first_text_ms": 40.0, "main_thread_s": 4.0}])
    (change,) = changes(BASELINE, present)
    assert change.is_worse
    assert str(change) == "answer: websocket, KB: 100 -> 120 (+20 %)"


def test_what_shrank_beyond_its_tolerance_is_better() -> None:
    present = measured(answer=[{"websocket_kb": 100.0, "first_text_ms": 40.0, "main_thread_s": 2.0}])
    assert [change.is_worse for change in changes(BASELINE, present)] == [False]


def test_what_chance_explains_is_no_change() -> None:
    present = measured(answer=[{"websocket_kb": 104.0, "first_text_ms": 60.0, "main_thread_s": 4.5}])
    assert changes(BASELINE, present) == []


def test_an_answer_that_is_lost_is_worse_than_none() -> None:
    (change,) = changes(measured(crowd=[{"not_completed": 0}]), measured(crowd=[{"not_completed": 1}]))
    assert change.is_worse
    assert str(change) == "crowd: answers not completed: 0 -> 1"


def test_scenarios_that_only_one_side_has_are_not_compared() -> None:
    assert changes(BASELINE, measured(crowd=[{"websocket_kb": 900.0}])) == []


def test_the_report_names_the_worse_before_the_better() -> None:
    present = measured(answer=[{"websocket_kb": 120.0, "first_text_ms": 40.0, "main_thread_s": 2.0}])
    lines = list(report(BASELINE, present))
    assert lines[1:] == [
        "Worse: 1",
        "  answer: websocket, KB: 100 -> 120 (+20 %)",
        "Better: 1",
        "  answer: main thread, s: 4 -> 2 (-50 %)",
    ]


def test_the_report_warns_when_the_machine_is_another() -> None:
    lines = list(report(BASELINE, measured(replace(MACHINE, cores=64), answer=[])))
    assert "machine is another" in lines[1]
