"""A conversation in which messages wait, and looking at it as a page does."""

from chatapp.accounts.principal import Principal
from chatapp.generations import service as generations
from chatapp.models import Role
from chatapp.reading import history
from chatapp.reading.history import History
from tests.conftest import ScriptedModel
from tests.generations.conversing import ask, ended
from tests.waiting import until

LONG = "count 900 at 100"


async def begun(principal: Principal, *waiting: str, question: str = LONG) -> str:
    """A conversation in which an answer is being written while these messages wait; returns its id."""
    posted = await ask(principal, question)
    for text in waiting:
        assert (await ask(principal, text, posted.conversation_id)).is_queued
    return posted.conversation_id


async def seen(principal: Principal, conversation_id: str) -> History:
    return await history.get_history(principal, conversation_id)


async def waiting(principal: Principal, conversation_id: str) -> list[str]:
    """The texts that wait, in their order."""
    return [one.text for one in (await seen(principal, conversation_id)).queued]


async def ids(principal: Principal, conversation_id: str) -> list[str]:
    return [one.id for one in (await seen(principal, conversation_id)).queued]


async def questions(principal: Principal, conversation_id: str) -> list[str]:
    """What the conversation shows of what its owner said."""
    entries = (await seen(principal, conversation_id)).entries
    return [entry.text for entry in entries if entry.message.role == Role.USER]


async def are_asked(principal: Principal, conversation_id: str, *texts: str) -> None:
    """Wait until just these questions are shown and the last one is answered."""

    async def are_there() -> bool:
        return await questions(principal, conversation_id) == list(texts)

    await until(are_there, seconds=20, what=f"the questions {texts}")
    await ended(principal, conversation_id)


async def is_paused(principal: Principal, conversation_id: str) -> None:
    """Wait until the queue waits for its owner."""

    async def is_so() -> bool:
        return (await seen(principal, conversation_id)).is_paused

    await until(is_so, what="the pause")


async def stopped(principal: Principal, conversation_id: str) -> None:
    await generations.stop(principal, conversation_id)
    await is_paused(principal, conversation_id)


async def asked_of(model: ScriptedModel) -> list[object]:
    """What the model was asked, in order."""
    return [request["question"] for request in await model.requests()]
