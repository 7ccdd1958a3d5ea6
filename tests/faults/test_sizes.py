"""What is too large is refused with a message, at once, and the next question works."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.errors import Invalid
from chatapp.words import words_of
from tests.faults.ledger import Ledger
from tests.faults.scale import times
from tests.faults.talking import counted
from tests.generations.conversing import ask, ended
from tests.worker.conftest import StartWorker

pytestmark = pytest.mark.timeout(600)

SIZES = {"one character too many": 200_001, "a million characters": 1_000_000}


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_that_is_too_long_is_refused_in_words(
    size: str, ada: Principal, start_worker: StartWorker, ledger: Ledger
) -> None:
    start_worker()
    rounds = times(20)
    for _ in range(rounds):
        with pytest.raises(Invalid) as refused:
            await ask(ada, "x" * SIZES[size])
        assert "200,000" in words_of(refused.value)
        assert (await ended(ada, (await ask(ada, "count 5")).conversation_id)).text == counted(5)
    ledger.note(f"a question with {size}", rounds, rounds, "refused with a message; the next one is answered")
