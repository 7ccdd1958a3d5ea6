"""The capacity model: its arithmetic, what breaks at which size, and that the document has its tables."""

import json
from pathlib import Path

import pytest

from bench.capacity import RUN, Need, Usage, tables

ROOT = Path(__file__).parents[2]
ONE = Usage(web_ms=2.0, worker_ms=3.5, log_ms=0.4, postgres_ms=0.4, browser_kbit=5.0)


def test_usage_is_what_the_run_used_by_answer_and_second_without_the_polling_of_queues() -> None:
    used = {"web_cpu_s": 4.0, "worker_cpu_s": 7.0, "redis_cpu_s": 0.972, "postgres_cpu_s": 0.8, "kb_a_person": 12.5}
    usage = Usage.of_run({"people": 100, "tokens": 600, "rate": 30, **used})
    assert (usage.web_ms, usage.worker_ms, usage.postgres_ms) == pytest.approx((2.0, 3.5, 0.4))
    assert (usage.log_ms, usage.browser_kbit) == pytest.approx((0.4, 5.0))


def test_a_process_is_full_before_its_core_is() -> None:
    need = Need.of(ONE, 1_000)
    assert (need.web, need.workers) == (3, 5)


def test_ten_times_the_answers_need_ten_times_as_much_but_for_the_sweep_which_grows_with_the_square() -> None:
    once, ten_times = Need.of(ONE, 100_000), Need.of(ONE, 1_000_000)
    assert ten_times.log_cores == pytest.approx(10 * once.log_cores)
    assert ten_times.sweep_cores == pytest.approx(100 * once.sweep_cores, rel=0.02)


def test_more_answers_break_more_and_few_break_nothing() -> None:
    broken = [len(Need.of(ONE, answers).breaks()) for answers in (100, 10_000, 1_000_000)]
    assert broken[0] == 0 < broken[1] < broken[2]


def test_the_document_has_the_tables_that_the_committed_run_gives() -> None:
    assert tables(Usage.of_run(json.loads(RUN.read_text()))) in (ROOT / "docs" / "scale.md").read_text()
