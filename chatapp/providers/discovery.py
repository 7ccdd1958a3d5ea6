"""Finds model servers that run on this machine, on their default ports, and are not those of other people."""

import asyncio
from collections.abc import Sequence

from chatapp.errors import ProviderError
from chatapp.log import get_logger
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.providers.port_owner import is_another_persons
from chatapp.settings import Endpoint, Settings

PROBE_SECONDS = 0.5
"""How long a local server may take to list its models: the start waits for it, and nothing on loopback needs more."""

LOCAL_SERVERS = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))

log = get_logger(__name__)


async def find_local_servers(
    settings: Settings, candidates: Sequence[tuple[str, int]] = LOCAL_SERVERS
) -> list[Endpoint]:
    """The `candidates` (name and loopback port) that list at least one model as OpenAI does, in the given order.

    Each one that is found is logged. A port on which another person's account listens is not asked anything.
    """
    ours = [(name, port) for name, port in candidates if not _is_avoided(name, port)]
    endpoints = [Endpoint(name=name, base_url=f"http://127.0.0.1:{port}/v1") for name, port in ours]
    answers = await asyncio.gather(*(_has_models(endpoint, settings) for endpoint in endpoints))
    found = [endpoint for endpoint, has_models in zip(endpoints, answers, strict=True) if has_models]
    for endpoint in found:
        log.info("local_model_server_found", endpoint=endpoint.name, address=endpoint.base_url)
    return found


def _is_avoided(name: str, port: int) -> bool:
    if not is_another_persons(port):
        return False
    log.warning("local_port_is_another_persons", endpoint=name, port=port)
    return True


async def _has_models(endpoint: Endpoint, settings: Settings) -> bool:
    provider = OpenAIProvider(endpoint, settings)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return bool(await provider.list_models())
    except (TimeoutError, ProviderError):  # nothing listens there, or some other program
        return False
    finally:
        await provider.aclose()
