"""Finds model servers that run on this machine, on their default ports."""

import asyncio
from collections.abc import Sequence

from chatapp.errors import ProviderError
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings

PROBE_SECONDS = 0.5
"""How long a local server may take to list its models: the start waits for it, and nothing on loopback needs more."""

LOCAL_SERVERS = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))


async def find_local_servers(
    settings: Settings, candidates: Sequence[tuple[str, int]] = LOCAL_SERVERS
) -> list[Endpoint]:
    """The `candidates` (name and loopback port) that list at least one model as OpenAI does, in the given order."""
    endpoints = [Endpoint(name=name, base_url=f"http://127.0.0.1:{port}/v1") for name, port in candidates]
    found = await asyncio.gather(*(_has_models(endpoint, settings) for endpoint in endpoints))
    return [endpoint for endpoint, has_models in zip(endpoints, found, strict=True) if has_models]


async def _has_models(endpoint: Endpoint, settings: Settings) -> bool:
    provider = OpenAIProvider(endpoint, settings)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return bool(await provider.list_models())
    except (TimeoutError, ProviderError):  # nothing listens there, or some other program
        return False
    finally:
        await provider.aclose()
