"""A file system of a few megabytes that really fills up while answers run, with the data directory on it."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from chatapp import settings as settings_module
from chatapp.accounts.principal import Principal
from chatapp.errors import DatabaseUnavailable
from chatapp.models import Status
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.conftest import add_person
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import active_count, all_ended, all_logged, ask_all, counted, logged_text, passed
from tests.generations.conversing import answer_of, ask, ended

pytestmark = pytest.mark.timeout(1800)

SIZE = "12m"
ANSWERS = 5
WORDS = "a question that does not fit "


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nobody but root may mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def settings(settings: Settings, disk: Path) -> Settings:
    """Settings of an installation on the small disk."""
    made = settings.model_copy(update={"data_dir": disk / "data"})
    settings_module.use(made)
    return made


@pytest_asyncio.fixture
async def ada(process: Settings) -> Principal:
    """A person of a process that does everything itself."""
    return await add_person("ada")


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """No room at all, until the block ends; not in SQLite's journal either, which keeps its size once it has grown."""
    with closing(sqlite3.connect(disk / "data" / "chatapp.db", timeout=10)) as connection:
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not is_busy
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        file.write(b"\0" * free)
        assert os.statvfs(disk).f_bavail == 0
    yield
    filler.unlink()


async def test_answers_go_on_over_a_full_disk_and_are_stored_when_there_is_room(
    disk: Path, ada: Principal, ledger: Ledger
) -> None:
    rounds = times(20)
    before = await ask(ada, "count 5")
    assert (await ended(ada, before.conversation_id)).text == counted(5)
    for _ in range(rounds):
        running = await ask_all(ada, ["count 300 at 100"] * ANSWERS)
        await all_logged(running)
        with full(disk):
            with pytest.raises(DatabaseUnavailable) as refused:
                await ask(ada, WORDS * 5000)
            assert "disk is full" in words_of(refused.value)
            shown = [await logged_text(posted) for posted in running]
            await passed(1.5)
            assert all([len(await logged_text(p)) > len(text) for p, text in zip(running, shown, strict=True)])
            assert (await answer_of(ada, before.conversation_id)).text == counted(5)
        for answer in await all_ended(ada, running):
            assert (answer.status, answer.text) == (Status.COMPLETED, counted(300))
        assert (await ended(ada, (await ask(ada, "count 5")).conversation_id)).text == counted(5)
        assert await active_count() == 0
    ledger.note("a small file system full while answers run", rounds, rounds * (ANSWERS + 1), "no repair needed")
