"""The models that a person can pick, and how much each can take in. Asking endpoints is cached, see model_lists."""

import asyncio
from dataclasses import dataclass

import genai_prices

from chatapp.accounts.principal import Principal
from chatapp.catalog.chat_models import find_preferred
from chatapp.catalog.model_lists import DOWN_SECONDS, FRESH_SECONDS, list_of
from chatapp.errors import ProviderError
from chatapp.providers import registry
from chatapp.providers.base import Provider
from chatapp.settings import current as settings

_has_known_models = False


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to pick."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """The models of one endpoint. `error` is filled while it is down; its models are those of the last time then."""

    name: str
    models: tuple[ModelChoice, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All there is to pick from, in the order in which people see it."""

    groups: tuple[Group, ...]
    only_demo: bool

    @property
    def models(self) -> tuple[ModelChoice, ...]:
        """The models of all endpoints."""
        return tuple(model for group in self.groups for model in group.models)

    @property
    def fresh_seconds(self) -> float:
        """For how long asking again would bring the same; not for long where an endpoint may soon be found."""
        is_complete = not self.only_demo and not any(group.error for group in self.groups)
        return FRESH_SECONDS if is_complete else DOWN_SECONDS


async def list_models(_principal: Principal) -> Catalog:
    """What this person, like everybody so far, can pick. An endpoint that is down is a group with an error."""
    endpoints = registry.current()
    await endpoints.look_again()
    groups = await asyncio.gather(*(_list_group(name, of) for name, of in endpoints.providers.items()))
    return Catalog(tuple(groups), endpoints.only_demo)


def default_model(_principal: Principal, catalog: Catalog, preferred: str = "") -> str:
    """The key of the model that a new conversation starts with; "" when there is none at all.

    The operator's choice comes first, then `preferred` (this person's last), then the better known, then the first.
    """
    ids = {choice.key: choice.name for choice in catalog.models}
    for wanted in (settings().default_model, preferred):
        if found := next((key for key, name in ids.items() if wanted in (key, name)), None):
            return found
    known = find_preferred(list(ids))
    return known or next(iter(ids), "")


async def context_tokens(model_key: str) -> int:
    """The window of a model: as its endpoint says, else as bundled data knows it, else as the settings assume.

    Asks the endpoint only when nobody has before: answers must not wait for its list. Downloads nothing.
    """
    try:
        provider, model_id = registry.current().provider(model_key)
    except ProviderError:
        return settings().context_tokens
    models = list_of(provider)
    if not models.was_asked:
        await models.refresh(provider)
    said = next((model.context_tokens for model in models.models if model.id == model_id), None)
    if not said and not _has_known_models:
        await load_known_models()
    return said or _known_context_tokens(model_id) or settings().context_tokens


async def load_known_models() -> None:
    """Have the bundled data at hand before a question needs it: the first look imports it, which takes 0.2 to 0.8 s,
    and each other one 10 us."""
    global _has_known_models  # noqa: PLW0603 - it is loaded once a process
    await asyncio.to_thread(_known_context_tokens, "")
    _has_known_models = True


async def _list_group(name: str, provider: Provider) -> Group:
    models = list_of(provider)
    await models.refresh(provider)
    choices = (ModelChoice(f"{name}/{model.id}", model.id) for model in models.models)
    return Group(name, tuple(choices), models.error)


def _known_context_tokens(model_id: str) -> int | None:
    try:
        return genai_prices.calc_price(genai_prices.Usage(), model_id.rpartition("/")[2]).model.context_window
    except LookupError:
        return None
