"""Remembers what each endpoint offers, for a minute, and asks for it without anybody having to wait."""

import asyncio
import time
from weakref import WeakKeyDictionary

from chatapp.catalog.chat_models import can_chat
from chatapp.catalog.stored_lists import StoredList
from chatapp.errors import ProviderError
from chatapp.providers.base import ModelInfo, Provider
from chatapp.settings import Endpoint, current

FRESH_SECONDS = 60.0
DOWN_SECONDS = 10.0
"""How long an endpoint that failed is left alone: it is not asked again and again, and it is soon back."""

NO_LIST = frozenset({"rejected", "unauthorized", "malformed"})
"""The codes of errors by which an endpoint may only mean that it has no list: it may answer all the same."""


class ModelList:
    """What one endpoint listed last, by this process or one before it, and why it cannot be asked now.

    `windows` has all models that it listed with their windows in tokens, None where it does not say; `chat_models` are
    those of them that answer a conversation. `error` is None while all is well.
    """

    def __init__(self, stored: StoredList) -> None:
        self._stored = stored
        self._stale_at = 0.0
        self._asking: asyncio.Task[None] | None = None
        self.windows: dict[str, int | None] = {}
        self.chat_models: tuple[str, ...] = ()
        self.error: ProviderError | None = None
        if models := stored.read():
            self._take(models)

    @property
    def is_pending(self) -> bool:
        """Whether nothing has come yet, neither a list nor an error: what is not here may still be listed."""
        return not self._stale_at

    def refresh(self, provider: Provider) -> asyncio.Task[None] | None:
        """The question to the endpoint, which many may wait for and nobody has to; None when it was asked lately."""
        if self._asking is None and time.monotonic() >= self._stale_at:
            self._asking = asyncio.create_task(self._ask(provider), name="model list")
        return self._asking

    async def aclose(self) -> None:
        """End a question that is under way."""
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self, provider: Provider) -> None:
        try:
            models = tuple(await provider.list_models())
            self.error = None
            await self._store(models)
        except ProviderError as error:
            self.error = error
        finally:
            self._stale_at = time.monotonic() + (DOWN_SECONDS if self.error else FRESH_SECONDS)
            self._asking = None

    async def _store(self, models: tuple[ModelInfo, ...]) -> None:
        if self._take(models):
            await asyncio.to_thread(self._stored.write, models)

    def _take(self, models: tuple[ModelInfo, ...]) -> bool:
        """Returns whether they differ from those before."""
        before, self.windows = self.windows, {model.id: model.context_tokens for model in models}
        if has_changed := list(before.items()) != list(self.windows.items()):
            self.chat_models = tuple(filter(can_chat, self.windows))
        return has_changed


_lists: WeakKeyDictionary[Provider, ModelList] = WeakKeyDictionary()


def list_of(provider: Provider, endpoint: Endpoint) -> ModelList:
    """The list of this endpoint, which may have to be refreshed."""
    if provider not in _lists:
        _lists[provider] = ModelList(StoredList(current().data_dir, endpoint))
    return _lists[provider]
