"""What is read of a branch: as much of its end as the model can take. The rest is only counted."""

import tracemalloc

import pytest

from chatapp.accounts.principal import Principal
from chatapp.conversations import chat_settings
from chatapp.db import database
from chatapp.generations import prompt
from chatapp.generations.lifecycle import Claim
from chatapp.models import Generation, Message, Role, Status
from chatapp.settings import Settings
from tests.generations.conversing import add_claimed

pytestmark = pytest.mark.asyncio


async def claimed_after(principal: Principal, exchanges: int, characters: int) -> Claim:
    """A claim on the answer to "count 5", which comes after so many exchanges of so many characters a message."""
    generation, claim = await add_claimed(principal)
    async with database.writing() as db:
        answer = await db.get_one(Message, generation.message_id)
        question = await db.get_one(Message, answer.parent_id)
        parent_id: str | None = None
        said = question
        for number in range(exchanges):
            for role in (Role.USER, Role.ASSISTANT):
                text = f"{number} {role} ".ljust(characters, "x")
                said = Message(
                    conversation_id=claim.conversation_id,
                    parent_id=parent_id,
                    ordinal=100 + 2 * number + (role == Role.ASSISTANT),
                    role=role,
                    text=text if role == Role.USER else "",
                )
                db.add(said)
                await db.flush()
                parent_id = said.id
            db.add(
                Generation(
                    conversation_id=claim.conversation_id,
                    message_id=said.id,
                    model=claim.model,
                    status=Status.COMPLETED,
                    text=text,
                )
            )
        question.parent_id = parent_id
        db.add(question)
    return claim


@pytest.mark.parametrize(("exchanges", "characters"), [(0, 0), (1, 20), (24, 20), (25, 20), (26, 20), (130, 20)])
async def test_a_branch_that_fits_is_sent_whole(
    ada: Principal, process: Settings, exchanges: int, characters: int
) -> None:
    prepared = await prompt.prepare(await claimed_after(ada, exchanges, characters), process)
    said = [message.content.rstrip("x ") for message in prepared.messages if message.role != "system"]
    assert said[:-1] == [f"{number} {role}" for number in range(exchanges) for role in ("user", "assistant")]
    assert said[-1] == "count 5"


async def test_of_a_long_branch_the_rest_is_neither_read_nor_forgotten(ada: Principal, process: Settings) -> None:
    claim = await claimed_after(ada, 200, 20_000)
    tracemalloc.start()
    try:
        prepared = await prompt.prepare(claim, process)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4_000_000  # all of it has 8,000,000 characters
    said = [message for message in prepared.messages if message.role != "system"]
    assert said[-2].content.startswith("199 assistant")
    async with database.reading() as db:
        generation = await db.get_one(Generation, claim.generation_id)
    assert generation.omitted_messages == 401 - len(said)


async def test_the_model_is_told_the_instructions_of_the_person_and_of_the_chat(
    ada: Principal, process: Settings
) -> None:
    claim = await claimed_after(ada, 0, 0)
    await chat_settings.change(ada, "", "instructions", "I am a baker.")
    await chat_settings.change(ada, claim.conversation_id, "instructions", "Answer in French.")
    await chat_settings.change(ada, claim.conversation_id, "temperature", "0.3")
    await chat_settings.change(ada, claim.conversation_id, "max_tokens", "900000")
    prepared = await prompt.prepare(claim, process)
    assert prepared.messages[0].role == "system"
    assert prepared.messages[0].content.endswith("I am a baker.\n\nAnswer in French.")
    assert prepared.parameters["temperature"] == 0.3
    most = prepared.parameters["max_tokens"]
    assert isinstance(most, int)
    assert 0 < most < process.context_tokens  # no more than the window has room for
