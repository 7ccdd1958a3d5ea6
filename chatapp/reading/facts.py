"""How a message came to be, for who asks: when, by which model, in what time, from how many tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatapp.accounts.principal import Principal
from chatapp.conversations import queries
from chatapp.db import database
from chatapp.generations import queries as generation_queries
from chatapp.models import Generation


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What is known of one message. `model`, an endpoint and a model's id, is "" for a question; `seconds` is how long
    all of the answer's generations took together. Tokens are as the endpoint counted them; None where it did not."""

    sent_at: datetime
    model: str = ""
    seconds: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@database.retries
async def get_facts(principal: Principal, message_id: str) -> MessageFacts:
    """The facts of a message that this person may read. Raises NotFound."""
    async with database.reading() as db:
        message, _ = await queries.get_message(db, principal, message_id)
        chain = await generation_queries.list_generations(db, message.id)
    if not chain:
        return MessageFacts(message.created_at)
    return MessageFacts(
        sent_at=message.created_at,
        model=chain[-1].model,
        seconds=sum(_seconds(one) for one in chain),
        prompt_tokens=_sum([one.prompt_tokens for one in chain]),
        completion_tokens=_sum([one.completion_tokens for one in chain]),
    )


def _seconds(generation: Generation) -> float:
    if not generation.started_at or not generation.finished_at:
        return 0.0
    return max(0.0, (generation.finished_at - generation.started_at).total_seconds())


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
