"""The endpoints of this process: which there are, and which one serves a model.

A model is named by a key, `endpoint name/model id`; the first slash splits it, since ids have slashes of their own.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from chatapp.endpoint_address import parse_address
from chatapp.errors import ProviderError, SettingsError
from chatapp.providers.base import Provider
from chatapp.providers.discovery import find_local_servers
from chatapp.providers.openai_provider import OpenAIProvider
from chatapp.settings import Endpoint, Settings

OPENAI_URL = "https://api.openai.com/v1"
DEMO_NAME = "Demo"

LOOK_AGAIN_SECONDS = 30.0
"""How often local servers are looked for, at most, while there is none."""


async def find_endpoints(settings: Settings) -> list[Endpoint]:
    """The endpoints that the settings name; when there are none, the servers found on this machine.

    CHATAPP_DISCOVER=true brings both, false only the former, as does a setup of several processes. Empty means that
    only the demo model is left. Raises SettingsError when two endpoints have the same name.
    """
    configured = _configured(settings)
    names = [endpoint.name for endpoint in configured]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"CHATAPP_ENDPOINTS is wrong: two model servers have the name '{repeated}'.")
    if not _discovers(settings, configured):
        return configured
    return configured + [found for found in await find_local_servers(settings) if found.name not in names]


class Registry:
    """The providers of `endpoints`, and of the demo model where `demo_url` is given. Close it with `aclose`."""

    def __init__(
        self,
        settings: Settings,
        endpoints: Sequence[Endpoint],
        demo_url: str | None = None,
        *,
        discover: Callable[[Settings], Awaitable[list[Endpoint]]] = find_local_servers,
    ) -> None:
        self._settings = settings
        self._discover = discover
        self._endpoints: dict[str, Endpoint] = {}
        self._providers: dict[str, Provider] = {}
        for endpoint in endpoints:
            self._add(endpoint)
        if demo_url:
            self._add(Endpoint(name=DEMO_NAME, base_url=demo_url))
        self._looks_again = self.only_demo and _discovers(settings, ())
        self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS

    @property
    def only_demo(self) -> bool:
        """Whether nothing but the demo model answers here."""
        return list(self._providers) == [DEMO_NAME]

    @property
    def providers(self) -> dict[str, Provider]:
        """The providers by the name of their endpoint, in the order in which people see them."""
        return dict(self._providers)

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """What is set up, by name and in the same order."""
        return dict(self._endpoints)

    def provider(self, model_key: str) -> tuple[Provider, str]:
        """Who serves a model, and the model's id there. Raises ProviderError when nobody does any more."""
        name, _, model_id = model_key.partition("/")
        if not model_id:
            raise ProviderError("no_model_chosen", code="rejected")
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise ProviderError("endpoint_gone", code="rejected", endpoint=name)
        named = {*endpoint.models, self._settings.default_model}
        if endpoint.models and named.isdisjoint({model_id, model_key}):
            raise ProviderError("model_not_offered", code="rejected", endpoint=name, model=model_id)
        return self._providers[name], model_id

    async def look_again(self) -> None:
        """Add local servers that were started since, while there is only the demo model; at most every 30 s."""
        if not self._looks_again or time.monotonic() < self._look_again_at:
            return
        self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS
        for endpoint in await self._discover(self._settings):
            self._add(endpoint)
            self._looks_again = False

    async def aclose(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(provider.aclose() for provider in self._providers.values()))

    def _add(self, endpoint: Endpoint) -> None:
        self._endpoints[endpoint.name] = endpoint
        self._providers[endpoint.name] = OpenAIProvider(endpoint, self._settings)


def _configured(settings: Settings) -> list[Endpoint]:
    if not settings.openai_base_url and not settings.openai_api_key.get_secret_value():
        return list(settings.endpoints)
    base_url = settings.openai_base_url or OPENAI_URL
    host = parse_address(base_url).host[:60]
    name = "OpenAI" if host == parse_address(OPENAI_URL).host else host
    return [Endpoint(name=name, base_url=base_url, api_key=settings.openai_api_key), *settings.endpoints]


def _discovers(settings: Settings, configured: Sequence[Endpoint]) -> bool:
    if settings.discover is not None:
        return settings.discover
    return not configured and not settings.redis_url  # of several processes, each would find something else


_current: Registry | None = None


def use(registry: Registry) -> None:
    """Make `registry` that of this process; called once by whoever starts it."""
    global _current  # noqa: PLW0603 - one registry per process is the point
    _current = registry


def current() -> Registry:
    """The registry of this process. Raises RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("The models were asked for before they were set up.")
    return _current
