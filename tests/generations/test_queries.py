"""Reading answers while they are written."""

from chatapp.accounts.principal import Principal
from chatapp.db import database
from chatapp.generations import queries
from chatapp.models import GenerationPiece
from chatapp.streaming.events import Position
from tests.generations.conversing import add_claimed


async def test_a_piece_that_is_newer_than_its_generation_was_read_is_left_to_the_log(ada: Principal) -> None:
    generation, claim = await add_claimed(ada)
    async with database.writing() as db:  # as a reader sees it whose second statement came after a checkpoint
        db.add(GenerationPiece(generation_id=generation.id, seq=1, text="1"))
    async with database.reading() as db:
        (answer,) = (await queries.list_answers(db, [claim.message_id])).values()
    assert (answer.text, answer.position) == ("", Position(1, 0))
