"""What an answer costs, as far as the bundled data knows the prices of its server."""

import asyncio
from decimal import Decimal

import genai_prices

from chatapp.errors import ProviderError
from chatapp.providers import registry


async def find_price(model_key: str, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """Dollars for so many tokens, by the list prices of the provider at the endpoint's address; None when unknown.

    A model of the same name that somebody runs themselves, or resells, has no known price. Downloads nothing.
    """
    endpoints = registry.current()
    try:
        _, model_id = endpoints.provider(model_key)
    except ProviderError:  # its endpoint is not set up any more
        return None
    address = endpoints.endpoints[model_key.partition("/")[0]].base_url
    usage = genai_prices.Usage(input_tokens=prompt_tokens, output_tokens=completion_tokens)
    # In a thread: the first look imports the data, which takes 0.2 to 0.8 s.
    return await asyncio.to_thread(_listed_price, model_id, usage, address)


def _listed_price(model_id: str, usage: genai_prices.Usage, address: str) -> Decimal | None:
    try:
        return genai_prices.calc_price(usage, model_id, provider_api_url=address).total_price
    except LookupError:
        return None
