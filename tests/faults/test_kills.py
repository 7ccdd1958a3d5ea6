"""kill -9 at random moments of running answers, on the whole team deployment, with a page open on one of them."""

import random
import time
from threading import Thread

import pytest

from tests.faults.ledger import Ledger, percentile, spread
from tests.faults.scale import lasting, times
from tests.faults.scene import LAST, RATE, Asked, Scene
from tests.waiting import until_sync

pytestmark = pytest.mark.timeout(3600)

BACK_SECONDS = 5.0
"""From a web process being reachable to the page being live again (p95)."""

BEHIND_SECONDS = 1.5
"""How far the page may be behind the model while Redis is down (p95): a second, and what drawing takes."""

AWAY_SECONDS = lasting(60, 4)
ON_AFTERWARDS_SECONDS = lasting(15, 6)
LONG_RATE = 20


def reach(scene: Scene, name: str, *, most: int = LAST - 50) -> Asked:
    """Have everybody ask, and wait for a moment that `name` alone decides on."""
    asked = scene.ask(name)
    scene.wait_until_sent(asked, random.Random(name).randint(0, most))
    return asked


def test_a_killed_worker_leaves_every_answer_whole_or_cut_exactly(scene: Scene, ledger: Ledger) -> None:
    kills, cut, ended_after, answers = times(100, 2), 0, [], 0
    for kill in range(kills):
        asked = reach(scene, f"worker-{kill}")
        shown, killed_at = scene.shown_text(), time.monotonic()
        scene.stack.kill(f"worker-{random.Random(kill).choice((1, 2))}")
        ends = scene.expect_sound(asked)
        ended_after.append(time.monotonic() - killed_at)
        assert ends[asked.own].text.startswith(shown), f"kill {kill} took text that was on the screen"
        scene.expect_screen(ends[asked.own])
        cut += sum(kept.text != asked.whole for kept in ends.values())
        answers += len(ends)
    measured = f"{cut} answers cut, with all text that was on the screen; every end known after {spread(ended_after)}"
    ledger.note("kill -9 of a worker", kills, answers, measured)


def test_a_page_whose_web_process_is_killed_goes_on_by_itself(scene: Scene, ledger: Ledger) -> None:
    kills, back_after, answers = times(50, 3), [], 0
    for kill in range(kills):
        asked = reach(scene, f"web-{kill}", most=LAST - 150)
        connections = scene.connections
        seconds = kill_web(scene, asked, both=kill % 3 == 2, which=1 + kill % 2)
        if scene.connections > connections:  # it was the page's own
            back_after.append(seconds)
        ends = scene.expect_whole(asked)  # no worker noticed
        scene.expect_screen(ends[asked.own])
        answers += len(ends)
    assert percentile(back_after, 95) <= BACK_SECONDS, back_after
    own = f"{len(back_after)} times the page's own; live again after one can be reached: {spread(back_after)}"
    ledger.note("kill -9 of a web process (every third time of both)", kills, answers, own)


def kill_web(scene: Scene, asked: Asked, *, both: bool, which: int) -> float:
    """Kill and wait for the page to show what was sent later; returns the seconds since one could be reached."""
    for number in (1, 2) if both else (which,):
        scene.stack.kill(f"web-{number}")
    later = min(scene.sent(asked)[0] + 1, LAST)
    reachable_at: list[float] = []

    def watch() -> None:
        until_sync(scene.stack.is_ready, seconds=60, what="a web process")
        reachable_at.append(time.monotonic())

    watching = Thread(target=watch)
    watching.start()
    until_sync(lambda: scene.shown(asked) >= later, seconds=60, what=f"the number {later} on the page")
    live_at = time.monotonic()
    watching.join()
    return max(0.0, live_at - reachable_at[0])


def test_answers_go_on_when_redis_is_killed(scene: Scene, ledger: Ledger) -> None:
    kills, behind, answers = times(50, 2), [], 0
    for kill in range(kills):
        asked = reach(scene, f"redis-{kill}", most=LAST - 150)
        scene.stack.kill("redis")
        behind.append(worst_delay_seconds(scene, asked))
        ends = scene.expect_whole(asked)
        scene.expect_screen(ends[asked.own])
        answers += len(ends)
    assert percentile(behind, 95) <= BEHIND_SECONDS, behind
    ledger.note("kill -9 of Redis", kills, answers, f"page at most behind the model: {spread(behind)}")


@pytest.mark.parametrize("program", ["redis", "postgres"])
def test_a_page_lives_through_an_outage(program: str, scene: Scene, ledger: Ledger) -> None:
    outages, answers = times(2), 0
    for outage in range(outages):
        asked = scene.ask(
            f"{program}-outage-{outage}", last=int((AWAY_SECONDS + ON_AFTERWARDS_SECONDS) * LONG_RATE), rate=LONG_RATE
        )
        scene.wait_until_sent(asked, 50)
        scene.stack.put_away(program)
        wait_out(AWAY_SECONDS)
        scene.stack.bring_back(program)
        scene.database.connect()
        ends = scene.expect_whole(asked)
        scene.expect_screen(ends[asked.own])
        answers += len(ends)
    ledger.note(f"{program} of the whole stack away for {AWAY_SECONDS:.0f} s, with open pages", outages, answers)


def wait_out(seconds: float) -> None:
    """Wait until so much time has passed: for how long a fault lasts, never for something to happen."""
    since = time.monotonic()
    until_sync(lambda: time.monotonic() - since >= seconds, seconds=seconds + 5)


def worst_delay_seconds(scene: Scene, asked: Asked) -> float:
    """Watch the page until it has the whole answer; returns how long the latest number was overdue at worst."""
    worst = 0.0

    def is_whole() -> bool:
        nonlocal worst
        shown = scene.shown(asked)
        first_part_at = scene.sent(asked)[1]
        due_at = first_part_at + shown / RATE
        if first_part_at and shown < LAST:
            worst = max(worst, time.time() - due_at)
        return shown == LAST

    until_sync(is_whole, seconds=40, what="the whole answer on the page")
    return worst
