"""The capacity model: its arithmetic, what its simulation does at its limits, and that its check can fail."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bench import costs as stored
from bench.capacity import KINDS, Load, check, cpu_seconds, fit, happening, lateness, predict, with_tables
from bench.capacity_tables import Capacity, need, plan, what_breaks
from bench.costs import Costs, Fitted, Measured
from bench.simulation import entries_a_second, hub_reads_a_second, most, redis_reads_us, showing, writing
from bench.stack_runs import read_runs
from chatapp.providers.paced_reading import GATHER_SECONDS
from chatapp.streaming.pacing import MAX_SECONDS

ROOT = Path(__file__).parents[2]
NOTHING = Costs(**{field.name: 0.0 for field in fields(Costs)})
SOME = replace(
    NOTHING,
    read_us=100,
    part_us=50,
    append_us=50,
    piece_us=1000,
    answer_us=10_000,
    send_us=10_000,
    end_us=5_000,
    flush_us=1000,
    follow_us=50,
    redis_append_us=20,
    redis_read_us=60,
    redis_read_key_us=1,
    redis_flush_us=30,
    redis_send_us=500,
    postgres_piece_us=300,
    postgres_send_us=3_000,
)


def result(load: Load, costs: Costs, **off: float) -> dict[str, object]:
    """What a run would print if the model were right, but for the factors in `off`."""
    used = {kind: seconds * off.get(kind, 1.0) for kind, seconds in cpu_seconds(load, costs, Fitted()).items()}
    return {"people": load.people, "tokens": load.tokens, "rate": load.rate, "cpu_seconds": used}


def test_every_cost_of_the_committed_file_is_known_and_was_measured() -> None:
    measured = stored.load()
    assert measured.at
    assert all(getattr(measured.costs, field.name) >= 0 for field in fields(Costs))
    assert measured.costs.flush_us > 0


def test_costs_that_were_saved_are_read_back(tmp_path: Path) -> None:
    made = Measured("2026-01-01 00:00", "a machine", SOME, Fitted((10, 25), web=1.2))
    made.save(tmp_path / "costs.json")
    assert stored.load(tmp_path / "costs.json") == made


def test_a_slow_model_brings_an_entry_a_token_and_a_fast_one_as_many_as_the_writer_gathers() -> None:
    slow, fast = happening(Load(10, rate=10, tokens=100), SOME), happening(Load(10, rate=200, tokens=2000), SOME)
    assert slow.entries == pytest.approx(10 * 100)
    assert fast.entries < 10 * 2000 / 4


@pytest.mark.parametrize(("rate", "entries"), [(10, 10), (20, 19), (30, 18), (50, 15), (100, 11), (400, 7)])
def test_an_answer_has_as_many_entries_a_second_as_were_measured(rate: float, entries: float) -> None:
    assert entries_a_second(rate) == pytest.approx(entries)
    assert entries_a_second(rate, late=10) < entries_a_second(rate)


def test_a_process_reads_at_the_instants_at_which_answers_are_logged_and_more_keys_make_a_read_cost_more() -> None:
    few, many = hub_reads_a_second(5, 30), hub_reads_a_second(100, 30)
    assert few == many == pytest.approx(40)
    assert hub_reads_a_second(1, 30) == entries_a_second(30)
    assert redis_reads_us(SOME, 100, 30) > redis_reads_us(SOME, 5, 30)


def test_twice_the_answers_on_twice_the_processes_cost_twice_as_much() -> None:
    once = cpu_seconds(Load(50, web=2, workers=2), SOME, Fitted())
    twice = cpu_seconds(Load(100, web=4, workers=4), SOME, Fitted())
    assert all(twice[kind] == pytest.approx(2 * once[kind], rel=0.01) for kind in KINDS)


def test_a_machine_that_is_short_of_cpu_does_later_and_together_what_it_has_no_time_for() -> None:
    load = Load(200)
    late = lateness(load, SOME, Fitted(), core_seconds=20)
    assert late > lateness(load, SOME, Fitted(), core_seconds=2_000) == 1.0
    assert sum(cpu_seconds(load, SOME, Fitted(), late).values()) < sum(cpu_seconds(load, SOME, Fitted()).values())


def test_an_idle_process_is_not_late_and_a_full_one_is() -> None:
    few, many = writing(SOME, 5, 30), writing(SOME, 2_000, 30)
    assert few.p95_seconds < GATHER_SECONDS
    assert few.busy < 0.1
    assert many.p95_seconds > 1


def test_pages_are_flushed_with_each_entry_or_at_the_pace_of_the_pacer() -> None:
    few, many = showing(SOME, 2, 100), showing(SOME, 150, 100)
    assert few.flushes_a_second == pytest.approx(entries_a_second(100), rel=0.15)
    assert many.flushes_a_second == pytest.approx(1 / MAX_SECONDS, rel=0.15)


def test_the_same_seed_gives_the_same_outcome() -> None:
    assert showing(SOME, 30, 30, seed=7) == showing(SOME, 30, 30, seed=7) != showing(SOME, 30, 30, seed=8)


def test_the_most_that_holds_is_found() -> None:
    most_answers = most(lambda answers: writing(SOME, answers, 30), limit_seconds=0.5, busy=0.7)
    assert writing(SOME, most_answers, 30).busy <= 0.7 < writing(SOME, int(most_answers * 1.2), 30).busy


def test_a_prediction_that_holds_passes_the_check() -> None:
    assert check([result(Load(people), SOME) for people in (50, 100)], SOME, Fitted(), cores=64)


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_that_is_off_by_more_than_a_quarter_fails_the_check(kind: str) -> None:
    assert check([result(Load(50), SOME, **{kind: 1.2})], SOME, Fitted(), cores=64)
    assert not check([result(Load(50), SOME, **{kind: 1.4})], SOME, Fitted(), cores=64)


def test_factors_are_found_that_make_the_sums_agree() -> None:
    fitted = fit([result(Load(people), SOME, web=1.5, redis=2.0) for people in (10, 25)], SOME, cores=64)
    assert fitted == Fitted((10, 25), web=1.5, worker=1.0, redis=2.0, postgres=1.0)


def test_factors_hold_also_where_a_full_machine_takes_some_of_them_back() -> None:
    run = result(Load(200), SOME, worker=1.5)
    fitted = fit([run], SOME, cores=1.2)
    assert predict(run, SOME, fitted, cores=1.2)["worker"] == pytest.approx(run["cpu_seconds"]["worker"], rel=0.1)  # type: ignore[index]


def test_what_the_model_and_the_proxy_use_is_taken_from_the_machine() -> None:
    alone = result(Load(200), SOME)
    crowded = {**alone, "cpu_seconds": {**dict.fromkeys(KINDS, 1.0), "proxy": 10.0, "demo-model": 30.0}}
    assert predict(crowded, SOME, Fitted(), cores=3)["worker"] < predict(alone, SOME, Fitted(), cores=3)["worker"]


def test_runs_of_one_load_count_as_one_by_their_medians(tmp_path: Path) -> None:
    load = {"people": 2, "tokens": 600, "rate": 30}
    runs = [{**load, "web_cpu_s": web, "all_cpu_s": 30.0, "chatapp_cpu_s": 25.0} for web in (1.0, 9.0, 3.0)]
    runs += [{**run, "people": 4} for run in runs[:2]]
    (tmp_path / "runs.json").write_text("\n".join(map(json.dumps, runs)))
    read = read_runs(tmp_path / "runs.json")
    assert [(str(run["people"]), run["cpu_seconds"]) for run in read] == [("2", {"web": 3.0}), ("4", {"web": 5.0})]


def test_more_answers_break_more_and_few_break_nothing() -> None:
    measured, one = Measured("", "", SOME), Capacity(pages=100, answers=100)
    broken = [len(what_breaks(need(measured, one, answers, 30, 600))) for answers in (100, 10_000, 1_000_000)]
    assert broken[0] == 0 < broken[1] <= broken[2]


def test_the_document_has_the_tables_that_the_committed_costs_give() -> None:
    document = (ROOT / "docs" / "scale.md").read_text()
    tables = plan(stored.load(), [1_000, 10_000, 100_000, 1_000_000], rate=30, tokens=600)
    assert document == with_tables(document, tables), "run python -m bench.capacity --into docs/scale.md"
