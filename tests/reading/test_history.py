"""What a page opens with."""

from chatapp.accounts.principal import Principal
from chatapp.generations import service as generations
from chatapp.reading import history
from tests.generations.conversing import ask, ended


async def test_what_a_first_send_says_of_its_conversation_is_what_the_database_holds(ada: Principal) -> None:
    question = " count 400 at 100\nplease\0 "
    posted = await ask(ada, question)
    assert posted.is_new
    told = await history.get_posted(ada, posted)
    stored = await history.get_history(ada, posted.conversation_id)
    assert (told.title, told.model, told.has_older) == (stored.title, stored.model, stored.has_older)
    assert told.entries[0] == stored.entries[0]
    answers = [(e.message, e.versions) for e in (told.entries[1], stored.entries[1])]
    assert answers[0] == answers[1]
    assert len(told.entries) == len(stored.entries)
    await generations.stop(ada, posted.conversation_id)
    await ended(ada, posted.conversation_id)


async def test_the_last_answer_names_the_version_from_which_the_conversation_went_on(ada: Principal) -> None:
    first = await ask(ada, "count 3")
    await ended(ada, first.conversation_id)
    await ended(ada, (await ask(ada, "count 4", first.conversation_id)).conversation_id)
    before = await history.get_history(ada, first.conversation_id)
    assert [entry.continued_id for entry in before.entries] == ["", "", "", ""]
    answer_id = before.entries[1].id
    await generations.regenerate(ada, answer_id, before.model)
    now = await history.get_history(ada, first.conversation_id)
    assert [entry.continued_id for entry in now.entries] == ["", answer_id]
    await ended(ada, first.conversation_id)
    await ended(ada, (await ask(ada, "count 5", first.conversation_id)).conversation_id)
    after = await history.get_history(ada, first.conversation_id)
    assert [entry.continued_id for entry in after.entries] == ["", "", "", ""]
