"""Questions that are sent twice, at once, or together with a retry: one active answer, nothing stored twice."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.errors import Conflict
from chatapp.generations import asking
from chatapp.generations import service as generations
from chatapp.models import Generation, Message, Role, Status
from chatapp.reading import history
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import counted
from tests.generations.conversing import ask, ended, model_key
from tests.waiting import until
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(1800)

AT_ONCE = 10


async def send(ada: Principal, conversation_id: str, text: str, client_message_id: str = "") -> str:
    """Send; returns the conversation's id."""
    named = client_message_id or str(uuid.uuid4())
    return (await asking.post_message(ada, conversation_id, text, named, model_key())).conversation_id


async def double_click(ada: Principal, name: str) -> str:
    """The same frame twice at once, in a new conversation."""
    twice = str(uuid.uuid4())
    first, second = await asyncio.gather(*(send(ada, "", f"count 9 for {name}", twice) for _ in range(2)))
    assert first == second
    return first


async def two_tabs(ada: Principal, name: str) -> str:
    """Two questions at once in one conversation: one waits for the answer to the other."""
    conversation_id = (await ask(ada, f"count 9 for {name}")).conversation_id
    await ended(ada, conversation_id)
    both = await asyncio.gather(*(send(ada, conversation_id, f"count 9 for {name} tab {tab}") for tab in "ab"))
    assert both == [conversation_id] * 2
    await all_answered(ada, conversation_id, questions=3)
    return conversation_id


async def retry_and_send(ada: Principal, name: str) -> str:
    """Another version of an answer and a new question at once: the question waits, or the other is told to."""
    conversation_id = (await ask(ada, f"count 9 for {name}")).conversation_id
    answer = await ended(ada, conversation_id)
    outcomes = await asyncio.gather(
        generations.regenerate(ada, answer.message_id, model_key()),
        send(ada, conversation_id, f"count 9 for {name} too"),
        return_exceptions=True,
    )
    assert outcomes[1] == conversation_id, outcomes
    assert outcomes[0] is None or isinstance(outcomes[0], Conflict), outcomes
    await all_answered(ada, conversation_id, questions=2)
    return conversation_id


async def all_answered(ada: Principal, conversation_id: str, *, questions: int) -> None:
    """Wait until the conversation shows so many questions, and the last one is answered."""

    async def are_there() -> bool:
        return len((await history.get_history(ada, conversation_id)).entries) == 2 * questions

    await until(are_there, seconds=20, what=f"{questions} questions")
    await ended(ada, conversation_id)


WAYS: dict[str, Callable[[Principal, str], Awaitable[str]]] = {
    "the same frame twice": double_click,
    "two questions at once": two_tabs,
    "a retry and a question at once": retry_and_send,
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_sent_at_the_same_time_is_answered_once(
    way: str, ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    start_worker()
    sends = times(200, AT_ONCE)
    for first in range(0, sends, AT_ONCE):
        ids = await asyncio.gather(*(WAYS[way](ada, f"{n}") for n in range(first, first + AT_ONCE)))
        for conversation_id in ids:
            await expect_once(ada, conversation_id)
    ledger.note(way, sends, sends, "one active answer at any time, no message twice")


async def expect_once(ada: Principal, conversation_id: str) -> None:
    """No question is there twice, and each version of its answer was written by one generation, whole."""
    assert (await ended(ada, conversation_id)).text == counted(9)
    async with database.reading() as db:
        messages = (await db.exec(select(Message).where(Message.conversation_id == conversation_id))).all()
        written = (await db.exec(select(Generation).where(Generation.conversation_id == conversation_id))).all()
    questions = Counter(m.text for m in messages if m.role == Role.USER)
    assert set(questions.values()) == {1}, questions
    answers = [m.id for m in messages if m.role == Role.ASSISTANT]
    assert sorted(g.message_id for g in written) == sorted(answers)
    assert {(g.status, g.text) for g in written} == {(Status.COMPLETED, counted(9))}
