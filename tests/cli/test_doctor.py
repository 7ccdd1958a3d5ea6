"""`python -m chatapp doctor`: what it says, and what its exit code tells a script."""

from collections.abc import Iterator

import pytest
import structlog

from chatapp.settings import Settings
from tests.cli import commanding
from tests.cli.commanding import command
from tests.doctor import damaged

Output = pytest.CaptureFixture[str]


@pytest.fixture
def settled(placed: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A small installation that commands work on."""
    commanding.place(placed, monkeypatch)
    commanding.do(placed, damaged.settle)
    yield placed
    structlog.reset_defaults()


def test_a_sound_database_is_called_so(settled: Settings, capsys: Output) -> None:
    assert command("doctor") == 0
    assert capsys.readouterr().out == "Nothing is damaged.\n"


def test_damage_is_named_without_what_people_wrote_and_then_mended(settled: Settings, capsys: Output) -> None:
    damaged.plant(settled, "UPDATE conversation SET active_leaf_id = 'gone' WHERE id = 'c'")
    assert command("doctor") == 1
    words = "wrong leaf: c: it shows a message that does not exist."
    assert capsys.readouterr().out.splitlines() == [
        words,
        "Make a backup, then mend it with: python -m chatapp doctor --repair",
    ]
    assert command("doctor", "--repair") == 0
    assert capsys.readouterr().out.splitlines() == [f"{words} Mended.", "All of it is mended."]
    assert command("doctor") == 0


def test_what_is_left_for_a_person_fails_the_repair_too(settled: Settings, capsys: Output) -> None:
    damaged.plant(settled, "DELETE FROM message WHERE conversation_id = 'c'", "DELETE FROM conversation WHERE id = 'c'")
    assert command("doctor", "--repair") == 1
    said = capsys.readouterr().out
    assert "restore a backup" in said
    assert said.endswith("Some of it needs you.\n")


def test_a_database_of_another_revision_is_not_looked_at(settled: Settings, capsys: Output) -> None:
    damaged.plant(settled, "UPDATE alembic_version SET version_num = '9999'")
    assert command("doctor", "--repair") == 2
    assert "python -m chatapp migrate" in capsys.readouterr().err
