"""The doctor: each kind of damage is found, mended for good, and no text goes with it."""

from collections import Counter

import pytest

from chatapp.db import database
from chatapp.doctor import service
from chatapp.models import Draft, Generation, Message, Status
from chatapp.settings import Settings
from tests.doctor import damaged

AGO = "'2020-01-01 00:00:00'"
PIECE = "INSERT INTO generation_piece (generation_id, seq, text, reasoning) VALUES ('c-g2', {}, '{}', '')"
RUNNING = f"UPDATE generation SET status = 'running', text = '', lease_until = {AGO} WHERE id = 'c-g2'"
DRAFT = f"INSERT INTO draft VALUES ('{{}}', 'gone', 'typed where nobody sees it', {AGO})"

DAMAGE = {
    "a lost answer": ("generation without a message", "DELETE FROM message WHERE id = 'c-a2'"),
    "an answer nothing was written for": (
        "answer without a generation",
        "DELETE FROM generation WHERE id = 'c-g2'",
    ),
    "an answer with a text of its own": (
        "answer without a generation",
        "DELETE FROM generation WHERE id = 'c-g2'",
        "UPDATE message SET text = 'said in the wrong place' WHERE id = 'c-a2'",
    ),
    "a parent that does not exist": ("broken parent", "UPDATE message SET parent_id = 'gone' WHERE id = 'c-q2'"),
    "a parent elsewhere": ("broken parent", "UPDATE message SET parent_id = 'other-a1' WHERE id = 'c-q2'"),
    "a cycle": ("broken parent", "UPDATE message SET parent_id = 'c-a2' WHERE id = 'c-q1'"),
    "a leaf that does not exist": ("wrong leaf", "UPDATE conversation SET active_leaf_id = 'gone' WHERE id = 'c'"),
    "a leaf elsewhere": ("wrong leaf", "UPDATE conversation SET active_leaf_id = 'other-a1' WHERE id = 'c'"),
    "no leaf": ("wrong leaf", "UPDATE conversation SET active_leaf_id = NULL WHERE id = 'c'"),
    "an empty question": ("question without text", "UPDATE message SET text = '  ' WHERE id = 'c-q2'"),
    "an empty answer": ("answer without text", "UPDATE generation SET text = ' ' WHERE id = 'c-g2'"),
    "a lease that ran out": ("abandoned answer", RUNNING, PIECE.format(1, "all there is "), PIECE.format(2, "of it")),
    "no lease": ("abandoned answer", RUNNING, "UPDATE generation SET lease_until = NULL WHERE id = 'c-g2'"),
    "a long queue": (
        "waiting answer",
        f"UPDATE generation SET status = 'queued', text = '', created_at = {AGO} WHERE id = 'c-g2'",
    ),
    "two at once": (
        "several active answers",
        "DROP INDEX uq_generation_one_active",
        "UPDATE generation SET status = 'running', lease_until = '2099-01-01 00:00:00' WHERE conversation_id = 'c'",
    ),
    "pieces of an end": ("pieces left over", PIECE.format(1, "more than was stored")),
    "the lease of an end": ("stale lease", f"UPDATE generation SET lease_until = {AGO} WHERE id = 'c-g2'"),
    "an old login": ("expired login", f"UPDATE login_session SET seen_at = {AGO}"),
    "a draft in a place that is gone": ("draft of nobody", DRAFT.format("ada")),
}


async def look() -> Counter[str]:
    """How many findings there are of each kind."""
    return Counter({report.kind: len(report.findings) async for report in service.examine() if report.findings})


async def repair() -> list[service.Report]:
    """Mend everything; returns what had been found."""
    return [report async for report in service.repair() if report.findings]


def assert_kept(settings: Settings, before: set[str]) -> None:
    """Every text is still somewhere, perhaps as a part of another."""
    after = damaged.texts(settings)
    assert {text for text in before if text.strip() and not any(text in kept for kept in after)} == set()


async def test_a_sound_database_that_is_at_work_is_left_alone(migrated: Settings) -> None:
    await damaged.settle()
    assert await look() == {}
    assert await repair() == []
    async with database.reading() as db:
        assert (await db.get_one(Generation, "other-g1")).status == Status.RUNNING


@pytest.mark.parametrize(("kind", "statements"), [(kind, rest) for kind, *rest in DAMAGE.values()], ids=DAMAGE)
async def test_damage_is_found_and_mended_and_no_text_is_lost(
    migrated: Settings, kind: str, statements: list[str]
) -> None:
    await damaged.settle()
    damaged.plant(migrated, *statements)
    before = damaged.texts(migrated)
    found = await look()
    assert found[kind] == 1
    assert await look() == found  # looking changes nothing
    assert all(not report.open_findings for report in await repair())
    assert await look() == {}
    assert_kept(migrated, before)


async def test_doubled_ordinals_are_numbered_anew_in_their_order(migrated: Settings) -> None:
    await damaged.settle()
    damaged.free_ordinals(migrated)
    damaged.plant(migrated, "UPDATE message SET ordinal = 3 WHERE id = 'c-a2'")
    assert (await look())["doubled ordinal"] == 1
    await repair()
    assert await look() == {}
    async with database.reading() as db:
        ids = ("c-q1", "c-a1", "c-q2", "c-a2")
        assert sorted([(await db.get_one(Message, id_)).ordinal for id_ in ids]) == [1, 2, 3, 4]


async def test_pieces_that_repeat_an_answer_by_chance_are_text_too(migrated: Settings) -> None:
    await damaged.settle()
    damaged.plant(migrated, PIECE.format(1, "says"))
    await repair()
    async with database.reading() as db:
        assert (await db.get_one(Generation, "c-g2")).text == "what c-a2 sayssays"


async def test_pieces_that_an_answer_begins_with_are_not_doubled(migrated: Settings) -> None:
    await damaged.settle()
    damaged.plant(migrated, PIECE.format(1, "what c-a2"))
    await repair()
    async with database.reading() as db:
        assert (await db.get_one(Generation, "c-g2")).text == "what c-a2 says"


async def test_a_lost_draft_comes_after_the_one_that_is_there(migrated: Settings) -> None:
    await damaged.settle()
    damaged.plant(migrated, DRAFT.format("ada"))
    await repair()
    async with database.reading() as db:
        draft = await db.get_one(Draft, ("ada", "new"))
    assert draft.text == "typed for a new one\n\ntyped where nobody sees it"


async def test_what_a_person_has_to_do_stays_open_and_is_said(migrated: Settings) -> None:
    await damaged.settle()
    damaged.plant(
        migrated, "DELETE FROM message WHERE conversation_id = 'c'", "DELETE FROM conversation WHERE id = 'c'"
    )
    before = damaged.texts(migrated)
    open_findings = [finding for report in await repair() for finding in report.open_findings]
    assert {finding.id for finding in open_findings} == {"c-g1", "c-g2"}
    assert all("restore a backup" in finding.needs for finding in open_findings)
    assert damaged.texts(migrated) >= before
