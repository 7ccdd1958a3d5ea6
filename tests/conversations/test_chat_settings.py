"""Instructions and parameters: of one chat, of all of a person's chats, and of nobody else's."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.conversations import chat_settings
from chatapp.conversations.chat_settings import INSTRUCTIONS_MAX_CHARACTERS, AnswerSettings
from chatapp.db import database
from chatapp.errors import Invalid, NotFound
from chatapp.generations import service as generations
from tests.generations.conversing import ask, ended


async def conversation_of(principal: Principal) -> str:
    posted = await ask(principal, "count 1")
    await ended(principal, posted.conversation_id)
    return posted.conversation_id


async def for_answer(conversation_id: str) -> AnswerSettings:
    async with database.reading() as db:
        return await chat_settings.for_answer(db, conversation_id)


async def test_a_chat_keeps_what_was_set_for_it_until_that_is_taken_back(ada: Principal) -> None:
    conversation_id = await conversation_of(ada)
    await chat_settings.change(ada, conversation_id, "instructions", "Be\0 brief")
    await chat_settings.change(ada, conversation_id, "temperature", "0.2")
    await chat_settings.change(ada, conversation_id, "stop", "END\n##")
    shown = await chat_settings.get_typed(ada, conversation_id)
    assert (shown["instructions"], shown["temperature"], shown["stop"]) == ("Be brief", "0.2", "END\n##")
    await chat_settings.change(ada, conversation_id, "temperature", " ")
    assert (await for_answer(conversation_id)).parameters == {"stop": ["END", "##"]}


async def test_a_chats_own_settings_come_before_those_of_all_chats(ada: Principal) -> None:
    conversation_id = await conversation_of(ada)
    for where, words, temperature in (("", "I am a baker.", "1.5"), (conversation_id, "Answer in French.", "0.1")):
        await chat_settings.change(ada, where, "instructions", words)
        await chat_settings.change(ada, where, "temperature", temperature)
    await chat_settings.change(ada, "", "top_p", "0.5")
    found = await for_answer(conversation_id)
    assert found == AnswerSettings(("I am a baker.", "Answer in French."), {"temperature": 0.1, "top_p": 0.5})


async def test_nothing_is_set_where_nobody_has_set_anything(ada: Principal) -> None:
    assert await for_answer(await conversation_of(ada)) == AnswerSettings()
    assert set((await chat_settings.get_typed(ada, "")).values()) == {""}


async def test_what_is_wrong_changes_nothing(ada: Principal) -> None:
    await chat_settings.change(ada, "", "temperature", "1")
    for name, words in (("temperature", "9"), ("instructions", "x" * (INSTRUCTIONS_MAX_CHARACTERS + 1))):
        with pytest.raises(Invalid):
            await chat_settings.change(ada, "", name, words)  # type: ignore[arg-type]
    shown = await chat_settings.get_typed(ada, "")
    assert (shown["temperature"], shown["instructions"]) == ("1.0", "")


async def test_nobody_reads_or_changes_the_settings_of_another_persons_chat(ada: Principal, eve: Principal) -> None:
    conversation_id = await conversation_of(ada)
    with pytest.raises(NotFound):
        await chat_settings.get_typed(eve, conversation_id)
    with pytest.raises(NotFound):
        await chat_settings.change(eve, conversation_id, "instructions", "Lie.")
    await chat_settings.change(eve, "", "instructions", "Mine.")
    assert await for_answer(conversation_id) == AnswerSettings()


async def test_a_deleted_chat_has_no_settings_to_change(ada: Principal) -> None:
    conversation_id = await conversation_of(ada)
    await generations.delete_conversations(ada, [conversation_id])
    with pytest.raises(NotFound):
        await chat_settings.change(ada, conversation_id, "instructions", "x")
