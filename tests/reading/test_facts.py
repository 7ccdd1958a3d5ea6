"""What a message's details are made of."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.errors import NotFound
from chatapp.reading import history
from chatapp.reading.facts import get_facts
from chatapp.reading.history import Entry
from tests.generations.conversing import ask, ended


async def exchange(principal: Principal, question: str) -> tuple[Entry, Entry]:
    """A question and its whole answer."""
    posted = await ask(principal, question)
    await ended(principal, posted.conversation_id)
    asked, answered = (await history.get_history(principal, posted.conversation_id)).entries
    return asked, answered


async def test_an_answer_has_its_model_its_time_and_its_tokens(ada: Principal) -> None:
    asked, answered = await exchange(ada, "count 3")
    facts = await get_facts(ada, answered.id)
    assert facts.model == answered.answer.model if answered.answer else False
    assert 0 < facts.seconds < 30
    assert facts.prompt_tokens
    assert facts.completion_tokens
    assert facts.sent_at >= (await get_facts(ada, asked.id)).sent_at


async def test_a_question_has_only_its_time(ada: Principal) -> None:
    asked, _ = await exchange(ada, "count 3")
    facts = await get_facts(ada, asked.id)
    assert (facts.model, facts.seconds, facts.prompt_tokens, facts.completion_tokens) == ("", 0.0, None, None)


async def test_nobody_reads_the_facts_of_another_persons_message(ada: Principal, eve: Principal) -> None:
    for entry in await exchange(ada, "count 3"):
        with pytest.raises(NotFound):
            await get_facts(eve, entry.id)
