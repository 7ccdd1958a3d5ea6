"""The details of a message in words."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from chatapp.reading.facts import MessageFacts
from chatapp.ui.state.facts import lines

SENT = datetime(2026, 1, 2, 23, 4, 5, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


def said(found: MessageFacts, price: Decimal | None = None) -> dict[str, str]:
    """Name -> value, as the page has them."""
    return {fact.name: fact.value for fact in lines(found, price, TOKYO)}


def test_a_message_was_sent_at_the_readers_time() -> None:
    assert said(MessageFacts(SENT)) == {"Sent": "2026-01-03 08:04:05"}


def test_an_answer_says_all_that_is_known_of_it() -> None:
    found = MessageFacts(SENT, "OpenAI/gpt-4o-mini", 61.26, 12_345, 678)
    assert said(found, Decimal("0.01234")) == {
        "Sent": "2026-01-03 08:04:05",
        "Model": "gpt-4o-mini (OpenAI)",
        "Duration": "61.3 s",
        "Tokens": "12,345 read, 678 written",
        "Price": "about $0.0123",
    }


def test_what_is_not_known_is_not_said() -> None:
    found = said(MessageFacts(SENT, "Own/some/model", 0.0, None, 5))
    assert found["Model"] == "some/model (Own)"
    assert found["Tokens"] == "5 written"
    assert found.keys() == {"Sent", "Model", "Tokens"}


def test_a_price_too_small_to_write_is_not_nothing() -> None:
    assert said(MessageFacts(SENT, "a/b"), Decimal("0.00000123"))["Price"] == "less than $0.0001"
    assert said(MessageFacts(SENT, "a/b"), Decimal(0))["Price"] == "free"
