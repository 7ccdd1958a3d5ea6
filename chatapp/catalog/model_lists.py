"""Remembers what each endpoint offers, for a minute, and asks for it without anybody having to wait.

An endpoint that cannot be reached is looked for until it is back, so that whoever waits for it need not ask.
"""

import asyncio
import math
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


UNREACHABLE = frozenset({"unreachable", "cannot_connect"})
"""The reasons of errors that say that nothing can be asked of an endpoint now, whatever it is."""

CHECK_SECONDS = 1.5
"""How long a question to an endpoint that is down waits for it to be looked for once more."""

RECENT_SECONDS = 0.5
"""How long an endpoint that was there counts as there; many questions at once need not all look."""

LOOK_SECONDS, LOOK_MAX_SECONDS = 1.0, 5.0
"""Between two looks for an endpoint that is down: at first, and at most."""


class ModelList:
    """What one endpoint listed last, by this process or one before it, and why it cannot be asked now.

    `windows` has all models that it listed with their windows in tokens, None where it does not say; `chat_models` are
    those of them that answer a conversation. `error` is None while all is well. `changes` counts how often the endpoint
    went away or came back.
    """

    def __init__(self, stored: StoredList) -> None:
        self._stored = stored
        self._stale_at = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._met_at = -math.inf
        self.windows: dict[str, int | None] = {}
        self.chat_models: tuple[str, ...] = ()
        self.error: ProviderError | None = None
        self.changes = 0
        if models := stored.read():
            self._take(models)

    @property
    def is_pending(self) -> bool:
        """Whether nothing has come yet, neither a list nor an error: what is not here may still be listed."""
        return not self._stale_at

    @property
    def is_down(self) -> bool:
        """Whether nothing can be asked of the endpoint, as far as is known."""
        return self.error is not None and self.error.reason in UNREACHABLE

    async def check(self, provider: Provider) -> None:
        """Find out whether the endpoint is there, in a moment: one that is down may be back, and one that was there may
        be gone."""
        if self.is_down:
            await asyncio.wait([self._ask_now(provider)], timeout=CHECK_SECONDS)
        elif time.monotonic() - self._met_at >= RECENT_SECONDS:
            try:
                await provider.reach()
                self._met_at = time.monotonic()
            except ProviderError as error:
                self.note(provider, error)

    def note(self, provider: Provider, error: ProviderError) -> None:
        """Take note of an error that somebody met who asked the endpoint for something else, if it says that the
        endpoint is down."""
        if error.reason in UNREACHABLE:
            self._set_error(provider, error)

    def refresh(self, provider: Provider) -> asyncio.Task[None] | None:
        """The question to the endpoint, which many may wait for and nobody has to; None when it was asked lately."""
        return self._ask_now(provider) if time.monotonic() >= self._stale_at else self._asking

    def _ask_now(self, provider: Provider) -> asyncio.Task[None]:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(provider), name="model list")
        return self._asking

    async def aclose(self) -> None:
        """End what is under way."""
        tasks = [task for task in (self._looking, self._asking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, provider: Provider) -> None:
        try:
            if self.is_down:  # a list that needs no request says nothing of the endpoint
                await provider.reach()
            models = tuple(await provider.list_models())
            self._set_error(provider, None)
            await self._store(models)
        except ProviderError as error:
            self._set_error(provider, error)
        finally:
            self._stale_at = time.monotonic() + (DOWN_SECONDS if self.error else FRESH_SECONDS)
            self._asking = None

    def _set_error(self, provider: Provider, error: ProviderError | None) -> None:
        was_down, self.error = self.is_down, error
        self.changes += self.is_down != was_down
        if self.is_down and self._looking is None:
            self._looking = asyncio.create_task(self._look_until_back(provider), name="looking for an endpoint")

    async def _look_until_back(self, provider: Provider) -> None:
        seconds = LOOK_SECONDS
        while self.is_down:
            await asyncio.sleep(seconds)
            await asyncio.wait([self._ask_now(provider)])
            seconds = min(2 * seconds, LOOK_MAX_SECONDS)
        self._looking = None

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
