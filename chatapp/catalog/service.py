"""The models that a person can pick, and how much each can take in. Nobody waits for an endpoint, see model_lists."""

import asyncio
from collections.abc import AsyncGenerator

import genai_prices

from chatapp.accounts.principal import Principal
from chatapp.catalog.chat_models import find_preferred
from chatapp.catalog.choices import Catalog, Group, ModelChoice
from chatapp.catalog.model_lists import NO_LIST, ModelList, list_of
from chatapp.catalog.model_names import shown_names
from chatapp.catalog.offers import find_default, offered
from chatapp.errors import ProviderError
from chatapp.providers import registry
from chatapp.settings import Endpoint
from chatapp.settings import current as settings

_has_known_models = False


async def list_models(_principal: Principal) -> AsyncGenerator[Catalog, None]:
    """What this person, like everybody so far, can pick: what is known at once, and again whenever an endpoint answers.

    Ends when all have, or have failed, which an endpoint that hangs takes some seconds for. One that is down is a group
    with an error. Whoever has seen enough closes the generator; the endpoints are asked all the same.
    """
    endpoints = registry.current()
    pending = _refresh(endpoints)
    yield _catalog(endpoints)
    await endpoints.look_again()
    pending |= _refresh(endpoints)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        yield _catalog(endpoints)


def known_models(_principal: Principal) -> Catalog:
    """The same as it is known now."""
    return _catalog(registry.current())


async def check_reachable(principal: Principal, model_key: str) -> None:
    """Raises ProviderError where a question to this model could only fail: it is not offered any more, or its endpoint
    is known to be down and still is, or turns out to be gone."""
    endpoints = registry.current()
    provider, _ = endpoints.provider(model_key)
    await list_of(provider, endpoints.endpoints[_endpoint_name(model_key)]).check(provider)
    if away := why_away(principal, model_key):
        raise away


def why_away(principal: Principal, model_key: str) -> ProviderError | None:
    """Why nothing can be asked of this model now, as far as is known; its address is for administrators."""
    endpoints, name = registry.current(), _endpoint_name(model_key)
    models = _lists(endpoints).get(name)
    if models is None or not models.is_down:
        return None
    if principal.is_admin:
        return ProviderError("server_away_at", endpoint=name, address=endpoints.providers[name].shown_address)
    return ProviderError("server_away", endpoint=name)


def count_changes() -> int:
    """Grows whenever an endpoint goes away or comes back: who shows something of that looks again."""
    return sum(models.changes for models in _lists(registry.current()).values())


def note_failure(model_key: str, error: ProviderError) -> None:
    """Take note of why an answer failed: its endpoint may be down, and is looked for from then on."""
    endpoints = registry.current()
    name = _endpoint_name(model_key)
    if provider := endpoints.providers.get(name):
        list_of(provider, endpoints.endpoints[name]).note(provider, error)


def default_model(_principal: Principal, catalog: Catalog, preferred: str = "", current: str = "") -> str:
    """The key of the model that a new conversation starts with; "" when there is none at all.

    The operator's choice comes first, then `preferred` (this person's last), then `current` (what was chosen for them
    before all endpoints had answered), then the better known, then the first.
    """
    ids = {choice.key: choice.model_id for choice in catalog.models}
    for wanted in (settings().default_model, preferred, current):
        if wanted in ids:
            return wanted
        if found := next((key for key, name in ids.items() if wanted == name), None):
            return found
    known = find_preferred(list(ids))
    return known or next(iter(ids), "")


async def context_tokens(model_key: str) -> int:
    """The window of a model: as its endpoint says, else as bundled data knows it, else as the settings assume.

    Waits for nobody: an endpoint that has not said it is asked, and the next question profits. Downloads nothing.
    """
    endpoints = registry.current()
    try:
        provider, model_id = endpoints.provider(model_key)
    except ProviderError:
        return settings().context_tokens
    models = list_of(provider, endpoints.endpoints[_endpoint_name(model_key)])
    said = models.windows.get(model_id)
    if not said:
        models.refresh(provider)
    if not said and not _has_known_models:
        await load_known_models()
    return said or _known_context_tokens(model_id) or settings().context_tokens


def start() -> None:
    """Ask every endpoint of this process for its list, so that it is there before somebody comes."""
    _refresh(registry.current())


async def stop() -> None:
    """End what is still being asked."""
    await asyncio.gather(*(models.aclose() for models in _lists(registry.current()).values()))


async def load_known_models() -> None:
    """Have the bundled data at hand before a question needs it: the first look imports it, which takes 0.2 to 0.8 s,
    and each other one 10 us."""
    global _has_known_models  # noqa: PLW0603 - it is loaded once a process
    await asyncio.to_thread(_known_context_tokens, "")
    _has_known_models = True


def _endpoint_name(model_key: str) -> str:
    return model_key.partition("/")[0]


def _lists(endpoints: registry.Registry) -> dict[str, ModelList]:
    by_name = endpoints.endpoints
    return {name: list_of(provider, by_name[name]) for name, provider in endpoints.providers.items()}


def _refresh(endpoints: registry.Registry) -> set[asyncio.Task[None]]:
    """The requests that are under way, each sent once however many wait for it."""
    providers = endpoints.providers
    requests = (models.refresh(providers[name]) for name, models in _lists(endpoints).items())
    return {task for task in requests if task}


def _catalog(endpoints: registry.Registry) -> Catalog:
    by_name, lists = endpoints.endpoints, _lists(endpoints)
    home, default = find_default(settings().default_model, by_name, lists)
    groups = (_group(endpoint, lists[name], default if name == home else "") for name, endpoint in by_name.items())
    return Catalog(tuple(groups), endpoints.only_demo)


def _group(endpoint: Endpoint, models: ModelList, default: str) -> Group:
    names = shown_names(offered(endpoint, models, default))
    choices = tuple(ModelChoice(f"{endpoint.name}/{one}", name) for one, name in names.items())
    is_named = bool(endpoint.named_models or default)
    error = models.error if models.error and not (is_named and models.error.code in NO_LIST) else None
    return Group(endpoint.name, choices, error, models.is_pending)


def _known_context_tokens(model_id: str) -> int | None:
    try:
        return genai_prices.calc_price(genai_prices.Usage(), model_id.rpartition("/")[2]).model.context_window
    except LookupError:
        return None
