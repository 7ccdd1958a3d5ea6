"""Asking and waiting for answers through the services, as a page does."""

import uuid

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations import asking, lifecycle
from chatapp.generations.asking import Posted
from chatapp.generations.lifecycle import Claim
from chatapp.generations.queries import Answer
from chatapp.models import ACTIVE, Conversation, Generation, Message, Role
from chatapp.providers import registry
from chatapp.reading import history
from tests.waiting import until


async def ask(principal: Principal, text: str, conversation_id: str = "") -> Posted:
    """Send a question to the scripted model."""
    model = model_key()
    return await asking.post_message(principal, conversation_id, text, str(uuid.uuid4()), model)


def model_key() -> str:
    """The key of the scripted model in the present registry."""
    return f"{next(iter(registry.current().providers))}/demo"


async def answer_of(principal: Principal, conversation_id: str) -> Answer:
    """The last answer as the database has it."""
    found = await history.get_history(principal, conversation_id)
    answer = found.entries[-1].answer
    assert answer is not None
    return answer


async def ended(principal: Principal, conversation_id: str, *, seconds: float = 20) -> Answer:
    """Wait for the last answer to be final; returns it."""

    async def is_final() -> bool:
        return (await answer_of(principal, conversation_id)).status not in ACTIVE

    await until(is_final, seconds=seconds, what="the end of the answer")
    return await answer_of(principal, conversation_id)


async def has_text(principal: Principal, conversation_id: str, *, seconds: float = 10) -> None:
    """Wait until some of the last answer is checkpointed."""

    async def is_there() -> bool:
        return bool((await answer_of(principal, conversation_id)).text)

    await until(is_there, seconds=seconds, what="the first checkpoint")


async def add_claimed(principal: Principal) -> tuple[Generation, Claim]:
    """A running generation whose runner is the test."""
    generation = await add_queued(principal)
    async with database.writing() as db:
        claim = await lifecycle.claim(db, generation.id, lease_seconds=30)
    assert claim is not None
    return generation, claim


async def add_queued(principal: Principal, text: str = "count 5") -> Generation:
    """A queued generation that nobody was told of, as after a crash between commit and dispatch."""
    async with database.writing() as db:
        conversation = Conversation(owner_id=principal.user_id, first_client_message_id=str(uuid.uuid4()))
        db.add(conversation)
        await db.flush()
        question = Message(conversation_id=conversation.id, ordinal=1, role=Role.USER, text=text)
        db.add(question)
        await db.flush()
        message = Message(conversation_id=conversation.id, parent_id=question.id, ordinal=2, role=Role.ASSISTANT)
        db.add(message)
        await db.flush()
        conversation.active_leaf_id = message.id
        generation = Generation(conversation_id=conversation.id, message_id=message.id, model=model_key())
        db.add(generation)
    return generation
