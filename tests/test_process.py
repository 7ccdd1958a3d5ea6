"""What a process makes of the data directory of one that was killed; a copy, taken in mid-answer, is just that."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chatapp.accounts.principal import Principal
from chatapp.generations.asking import Posted
from chatapp.generations.queries import Answer
from chatapp.models import Status
from chatapp.process import running
from chatapp.settings import Settings
from chatapp.streaming import hub
from chatapp.streaming.events import START, Delta, generation_key
from tests.conftest import ScriptedModel, add_person
from tests.generations.conversing import ask, ended
from tests.waiting import until


@pytest.fixture
def first(placed: Settings, model: ScriptedModel) -> Settings:
    """Settings of the process that will be killed. It stores no text before the end: all that is shown is logged."""
    more = {"openai_base_url": model.server.base_url, "reaper_seconds": 3600, "checkpoint_seconds": 3600}
    return placed.model_copy(update={**more, "drain_seconds": 0})


@pytest.fixture
def second(first: Settings, tmp_path: Path) -> Settings:
    """Settings of the process that starts on what the first one left."""
    return first.model_copy(update={"data_dir": tmp_path / "left"})


async def logged(posted: Posted) -> str:
    """What readers of an answer have been given."""
    entries = await hub.current().log.read(generation_key(posted.generation_id), START)
    return "".join(entry.event.text for entry in entries if isinstance(entry.event, Delta))


async def killed(
    first: Settings, second: Settings, question: str, is_time: Callable[[Posted], Awaitable[object]]
) -> tuple[Principal, Posted, str]:
    """Kill a process while it answers; returns who asked, what, and the text that was shown."""
    async with running(first):
        ada = await add_person("ada")
        posted = await ask(ada, question)
        await until(lambda: is_time(posted), what="the moment of the kill")
        shown = await logged(posted)
        shutil.copytree(first.data_dir, second.data_dir)
    return ada, posted, shown


async def answered(second: Settings, ada: Principal, posted: Posted) -> Answer:
    """How the answer ends in the process that starts afterwards, which leaves no file of it."""
    async with running(second):
        answer = await ended(ada, posted.conversation_id)
        await until(lambda: is_empty(second.data_dir / "journal"), what="the end of the journal")
    return answer


async def is_empty(folder: Path) -> bool:
    return not [*folder.iterdir()]  # noqa: ASYNC240 - a folder of a test


async def test_all_that_was_shown_is_there_after_a_kill(first: Settings, second: Settings) -> None:
    async def is_long(posted: Posted) -> bool:
        return len(await logged(posted)) > 200

    ada, posted, shown = await killed(first, second, "count 400 at 200", is_long)
    answer = await answered(second, ada, posted)
    assert (answer.status, answer.text) == (Status.INTERRUPTED, shown)


async def test_an_answer_of_which_nothing_was_shown_is_written_by_the_next_process(
    first: Settings, second: Settings, model: ScriptedModel
) -> None:
    ada, posted, shown = await killed(first, second, "wait 1", lambda _posted: model.requests())
    answer = await answered(second, ada, posted)
    assert (shown, answer.status) == ("", Status.COMPLETED)
    assert answer.position.attempt == 2


async def test_what_may_have_been_shown_is_not_written_anew(
    first: Settings, second: Settings, model: ScriptedModel
) -> None:
    ada, posted, _ = await killed(first, second, "wait 1", lambda _posted: model.requests())
    shutil.rmtree(second.data_dir / "journal")  # an older version, or a disk that took none
    answer = await answered(second, ada, posted)
    assert (answer.status, answer.text) == (Status.INTERRUPTED, "")


async def test_files_of_answers_that_nobody_knows_do_no_harm(first: Settings, second: Settings) -> None:
    async def has_begun(posted: Posted) -> str:
        return await logged(posted)

    ada, posted, shown = await killed(first, second, "count 400 at 200", has_begun)
    (second.data_dir / "chatapp.db").unlink()
    shutil.copy(first.data_dir / "chatapp.db", second.data_dir)  # a backup from another moment: it has ended there
    for log in second.data_dir.glob("chatapp.db-*"):
        log.unlink()
    answer = await answered(second, ada, posted)
    assert (answer.status, answer.text.startswith(shown)) == (Status.INTERRUPTED, True)
