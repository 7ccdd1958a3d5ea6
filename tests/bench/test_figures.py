"""Medians and percentiles over observations and runs."""

from bench.figures import FIGURES, medians, spread, worsts


def test_a_spread_has_median_percentile_and_worst() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert spread("delay", values) == {"delay_p50_ms": 50.5, "delay_p95_ms": 96.0, "delay_worst_ms": 100.0}


def test_of_nothing_there_are_no_figures() -> None:
    assert spread("delay", []) == {}


def test_a_figure_of_some_runs_is_summed_up_over_those() -> None:
    runs = [{"frames": 3.0}, {"frames": 9.0, "heap_mb": 1.0}, {"frames": 5.0}]
    assert medians(runs) == {"frames": 5.0, "heap_mb": 1.0}
    assert worsts(runs) == {"frames": 9.0, "heap_mb": 1.0}


def test_every_figure_has_one_line_of_the_table() -> None:
    assert len({figure.key for figure in FIGURES}) == len({figure.label for figure in FIGURES}) == len(FIGURES)
