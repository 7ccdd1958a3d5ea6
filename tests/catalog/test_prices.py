"""Prices are those of the provider at the endpoint's address, and of nobody else."""

from decimal import Decimal

import pytest

from chatapp.catalog.prices import find_price
from chatapp.settings import Endpoint
from tests.catalog.conftest import UseEndpoints

OPENAI = Endpoint(name="OpenAI", base_url="https://api.openai.com/v1")
OWN = Endpoint(name="Own", base_url="http://127.0.0.1:9/v1")


@pytest.fixture(autouse=True)
def endpoints(use: UseEndpoints) -> None:
    """OpenAI's own endpoint, and one of somebody who runs a model of the same name."""
    use(OPENAI, OWN)


async def test_a_listed_model_costs_what_its_provider_asks() -> None:
    once, twice = await find_price("OpenAI/gpt-4o-mini", 1_000, 100), await find_price("OpenAI/gpt-4o-mini", 2_000, 200)
    assert once is not None
    assert twice == 2 * once > Decimal(0)


@pytest.mark.parametrize("model", ["Own/gpt-4o-mini", "OpenAI/somebody's own", "Gone/gpt-4o-mini"])
async def test_a_model_that_nobody_lists_has_no_price(model: str) -> None:
    assert await find_price(model, 1_000, 100) is None
