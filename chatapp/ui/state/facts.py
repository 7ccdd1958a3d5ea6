"""How a message came to be, for a reader who asks. Most never do, so it is sent only then."""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import reflex as rx

from chatapp import words
from chatapp.catalog import prices
from chatapp.reading import facts
from chatapp.reading.facts import MessageFacts
from chatapp.ui.state.person import PersonState
from chatapp.web.arguments import Key
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

SMALLEST_DOLLARS = Decimal("0.0001")


@dataclass(frozen=True)
class Fact:
    """A line of what is known of a message."""

    name: str
    value: str


class FactsState(rx.State):
    """Whose facts are shown, at most one message's, and what they are."""

    open_id: str = ""
    facts: list[Fact] = []

    @handler
    @shows_errors
    async def toggle(self, message_id: Key) -> None:
        """Show the facts of a message, or hide them again."""
        if message_id == self.open_id:
            self.open_id, self.facts = "", []
            return
        found = await facts.get_facts(principal_of(self), message_id)
        zone = (await self.get_state(PersonState)).time_zone
        price = await _price(found)
        self.open_id, self.facts = message_id, lines(found, price, ZoneInfo(zone or "UTC"))


async def _price(found: MessageFacts) -> Decimal | None:
    if found.prompt_tokens is None or found.completion_tokens is None:
        return None
    return await prices.find_price(found.model, found.prompt_tokens, found.completion_tokens)


def lines(found: MessageFacts, price: Decimal | None, zone: ZoneInfo) -> list[Fact]:
    """The facts in words, those that are known."""
    endpoint, _, model = found.model.partition("/")
    tokens = [
        words.TOKENS_READ.format(count=found.prompt_tokens) if found.prompt_tokens is not None else "",
        words.TOKENS_WRITTEN.format(count=found.completion_tokens) if found.completion_tokens is not None else "",
    ]
    known = {
        words.SENT_AT: f"{found.sent_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        words.MODEL: words.MODEL_OF.format(model=model, endpoint=endpoint) if model else "",
        words.DURATION: words.SECONDS.format(seconds=found.seconds) if found.seconds else "",
        words.TOKENS: ", ".join(filter(None, tokens)),
        words.PRICE: _dollars(price),
    }
    return [Fact(name, value) for name, value in known.items() if value]


def _dollars(price: Decimal | None) -> str:
    if price is None:
        return ""
    if price == 0:
        return words.FREE
    if price < SMALLEST_DOLLARS:
        return words.LESS_THAN_DOLLARS.format(dollars=SMALLEST_DOLLARS)
    return words.DOLLARS.format(dollars=price)
