"""The journal beside the log in memory: what is in it after a kill, and what it makes of files that are not as it left
them."""

import os
import resource
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatapp.errors import Fenced
from chatapp.streaming.events import START, Changed, Delta, End, Entry, Event, Position, generation_key
from chatapp.streaming.journal import Journal
from chatapp.streaming.memory_log import MemoryLog

HOSTILE = 'line\nbreak\r\u2028 \0 \x1b[31m \u202e 語 🎉 \ud800 "quotes" \\ </script>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the journal is; nobody has made it yet."""
    return tmp_path / "data" / "journal"


@pytest.fixture
def key() -> str:
    """The key of some answer."""
    return generation_key(str(uuid.uuid4()))


def started(folder: Path) -> MemoryLog:
    """The log of a process that starts now. The ones before it were killed: nothing of theirs was closed."""
    journal = Journal.at(folder)
    assert journal is not None
    return MemoryLog(journal)


def text(attempt: int, seq: int, words: str = "x", reasoning: str = "") -> Entry:
    return Entry(Position(attempt, seq), Delta(words, reasoning))


async def written(folder: Path, key: str, *words: str) -> Path:
    """An answer whose process was killed after so many entries; returns its file."""
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, seq, word) for seq, word in enumerate(words, start=1)])
    return file_of(folder, key)


def file_of(folder: Path, key: str) -> Path:
    return folder / key.replace(":", ".")


def made(folder: Path) -> None:
    """Make it, open to everybody."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def events(log: MemoryLog, key: str) -> list[Event]:
    return [entry.event for entry in await log.read(key, Position(1, 0))]


@contextmanager
def full_disk(file: Path, room: int = 0) -> Iterator[None]:
    """No file of this process may grow beyond the size of `file` and `room` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with capture_logs():  # which would go to a file of the test runner's
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + room, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_new_process_finds_all_that_a_killed_one_had_logged(folder: Path, key: str) -> None:
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1, HOSTILE, "why"), text(1, 2, "more")])
    found = started(folder)
    assert await events(found, key) == [Delta(HOSTILE, "why"), Delta("more")]
    assert await found.last(key) == Position(1, 2)


async def test_a_new_process_finds_what_turned_into_reasoning(folder: Path, key: str) -> None:
    await written(folder, key, "thought")
    turn = Delta("answer", " more", turns_text=True)
    log = started(folder)
    await log.append(key, [Entry(Position(1, 2), turn)])
    assert (await events(log, key))[-1] == turn


async def test_text_is_in_the_journal_before_a_reader_can_have_it(
    folder: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, lines_when_told = started(folder), []
    await log.begin(key, 1)
    monkeypatch.setattr(
        log, "_wake", lambda key: lines_when_told.append(file_of(folder, key).read_bytes().count(b"\n"))
    )
    for seq in (1, 2, 3):
        await log.append(key, [text(1, seq)])
    assert lines_when_told == [2, 3, 4]


async def test_what_the_log_refuses_is_not_in_the_journal(folder: Path, key: str) -> None:
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1, "first")])
    with pytest.raises(Fenced):
        await log.append(key, [text(1, 1, "a zombie's")])
    assert await events(started(folder), key) == [Delta("first")]


async def test_the_end_of_an_answer_removes_its_file(folder: Path, key: str) -> None:
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1)])
    await log.append(key, [Entry(Position(1, 2), End())])
    assert names_in(folder) == []
    assert await started(folder).last(key) == START


async def test_an_attempt_of_which_nothing_was_shown_is_told_from_one_that_nobody_noted(folder: Path, key: str) -> None:
    await started(folder).begin(key, 2)
    found = started(folder)
    assert await found.read(key, START) == [Entry(Position(2, 0), Changed("begun"))]
    assert await found.last(generation_key(str(uuid.uuid4()))) == START


async def test_many_answers_at_once_do_not_mix(folder: Path) -> None:
    log, keys = started(folder), [generation_key(str(uuid.uuid4())) for _ in range(200)]
    for key in keys:
        await log.begin(key, 1)
    for seq in range(1, 6):
        for key in keys:
            await log.append(key, [text(1, seq, f"{key} {seq} ")])
    found = started(folder)
    for key in keys:
        assert await events(found, key) == [Delta(f"{key} {seq} ") for seq in range(1, 6)]


async def test_a_journal_torn_anywhere_has_every_whole_line_before_that(folder: Path, key: str) -> None:
    words = ["one ", "two ", "three "]
    file = await written(folder, key, *words)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        lines = whole[:length].count(b"\n") + (whole[length : length + 1] == b"\n")  # only the end of the line is gone
        assert await events(started(folder), key) == [Delta(word) for word in words[: max(0, lines - 1)]]


async def test_a_journal_with_a_wrong_byte_anywhere_never_tells_other_text(folder: Path, key: str) -> None:
    words = ["one ", "two ", "three "]
    file = await written(folder, key, *words)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x21]) + whole[place + 1 :])
        found = [event.text for event in await events(started(folder), key) if isinstance(event, Delta)]
        assert found in [[word for word in words if word != lost] for lost in (*words, "")] + [["one "], ["three "]]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\0" * 4096, b"\xff\xfe" * 999, b"{}", b"00000000 ", b'[1, 1, "x", ""]\n', b'{"a": 1}\n' * 99],
)
async def test_a_file_that_nobody_here_wrote_is_nothing(folder: Path, key: str, content: bytes) -> None:
    made(folder)
    file_of(folder, key).write_bytes(content)
    assert await started(folder).last(key) == START


async def test_nothing_but_files_is_read_and_no_link_is_followed(folder: Path, tmp_path: Path) -> None:
    keys = [generation_key(str(uuid.uuid4())) for _ in range(3)]
    elsewhere = (await written(tmp_path / "elsewhere", keys[0], "secret")).read_bytes()
    made(folder)
    (tmp_path / "target").write_bytes(elsewhere)
    file_of(folder, keys[0]).symlink_to(tmp_path / "target")
    os.mkfifo(file_of(folder, keys[1]))
    file_of(folder, keys[2]).mkdir()
    log = started(folder)
    for key in keys:
        assert await log.last(key) == START
        await log.begin(key, 1)
        await log.append(key, [text(1, 1)])
    assert (tmp_path / "target").read_bytes() == elsewhere


def test_a_folder_that_is_a_link_is_not_used(folder: Path, tmp_path: Path) -> None:
    folder.parent.mkdir()
    folder.symlink_to(tmp_path)
    assert Journal.at(folder) is None


async def test_only_the_owner_can_read_the_journal(folder: Path, key: str) -> None:
    made(folder)
    file = await written(folder, key, "private")
    assert rights(folder) == 0o700
    assert rights(file) == 0o600


async def test_what_is_left_of_ended_answers_goes_and_what_is_being_written_stays(folder: Path, key: str) -> None:
    left_over, foreign = await written(folder, generation_key(str(uuid.uuid4())), "old"), folder / "notes.txt"
    foreign.write_text("mine")
    await written(folder, key, "old")
    log = started(folder)
    await log.begin(key, 2)
    await log.append(key, [text(2, 1, "new")])
    await log.forget_rest()
    assert not left_over.exists()
    assert foreign.read_text() == "mine"
    assert await log.last(left_over.name.replace(".", ":")) == START
    assert await started(folder).read(key, Position(2, 0)) == [text(2, 1, "new")]


async def test_an_answer_goes_on_over_a_full_disk_and_so_does_the_journal_when_there_is_room(
    folder: Path, key: str
) -> None:
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1, "one ")])
    with full_disk(file_of(folder, key), room=10):
        await log.append(key, [text(1, 2, "two ")])
        await log.append(key, [text(1, 3, "three ")])
    await log.append(key, [text(1, 4, "four ")])
    assert await events(log, key) == [Delta("one "), Delta("two "), Delta("three "), Delta("four ")]
    assert await events(started(folder), key) == [Delta("one "), Delta("four ")]


async def test_a_journal_without_the_first_text_does_not_say_that_nothing_was_shown(folder: Path, key: str) -> None:
    log = started(folder)
    await log.begin(key, 1)
    with full_disk(file_of(folder, key), room=10):
        await log.append(key, [text(1, 1, "shown ")])
    await log.append(key, [text(1, 2, "too ")])
    assert await started(folder).last(key) == START


async def test_an_answer_goes_on_when_the_folder_has_vanished(folder: Path, key: str) -> None:
    log = started(folder)
    shutil.rmtree(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1, "shown")])
    assert await events(log, key) == [Delta("shown")]


async def test_a_log_that_was_closed_leaves_what_could_not_be_ended(folder: Path, key: str) -> None:
    log = started(folder)
    await log.begin(key, 1)
    await log.append(key, [text(1, 1, "unfinished")])
    await log.aclose()
    await log.begin(key, 2)
    assert await events(started(folder), key) == [Delta("unfinished")]
