"""Reading answers while they are written."""

from sqlmodel import col, update

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.errors import ChatappError, ProviderError
from chatapp.generations import lifecycle, queries
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.generations.queries import Answer
from chatapp.models import Generation, GenerationPiece, Status
from chatapp.streaming.events import Position
from chatapp.ui.state.rows import error_words
from chatapp.words import words_of
from tests.generations.conversing import add_claimed


async def test_a_piece_that_is_newer_than_its_generation_was_read_is_left_to_the_log(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    async with database.writing() as db:  # as a reader sees it whose second statement came after a checkpoint
        db.add(GenerationPiece(generation_id=generation.id, seq=1, text="1"))
    async with database.reading() as db:
        (answer,) = (await queries.list_answers(db, [claim.message_id])).values()
    assert (answer.text, answer.position) == ("", Position(1, 0))


async def failed(claim: Claim, error: ChatappError) -> Answer:
    """An answer that ended with an error, as it is read back."""
    async with database.writing() as db:
        await lifecycle.finalize(db, claim.generation_id, claim.attempt, Outcome(Status.FAILED, seq=1, error=error))
    async with database.reading() as db:
        return (await queries.list_answers(db, [claim.message_id]))[claim.message_id]


async def test_an_error_is_stored_as_its_reason_and_parameters_and_told_in_the_same_words(ada: Principal) -> None:
    _, claim = await add_claimed(ada)
    hostile = '{0} {said} "ünïcode" 𝄞 \'; --'
    error = ProviderError("cannot_connect", code="unavailable", endpoint=hostile, seconds=7.5, said=hostile)
    answer = await failed(claim, error)
    assert (answer.error_code, answer.error_reason, answer.error_message) == ("unavailable", "cannot_connect", "")
    assert answer.error_parameters == error.parameters
    assert error_words(answer) == words_of(error)


async def test_the_sentence_that_an_older_version_stored_is_told_as_it_is(ada: Principal) -> None:
    _, claim = await add_claimed(ada)
    await failed(claim, ProviderError("empty_answer", code="empty"))
    sentence = "The {model} did not answer. It says: {0}"
    old = update(Generation).where(col(Generation.id) == claim.generation_id)
    async with database.writing() as db:
        await db.exec(old.values(error_reason="", error_parameters=None, error_message=sentence))
    async with database.reading() as db:
        answer = (await queries.list_answers(db, [claim.message_id]))[claim.message_id]
    assert error_words(answer) == sentence
