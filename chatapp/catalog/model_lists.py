"""Remembers what each endpoint offers, for a minute: pages ask for it often, and some endpoints take long to say."""

import asyncio
import time
from weakref import WeakKeyDictionary

from chatapp.catalog.chat_models import can_chat
from chatapp.errors import ProviderError
from chatapp.providers.base import ModelInfo, Provider

FRESH_SECONDS = 60.0
DOWN_SECONDS = 10.0
"""How long an endpoint that failed is left alone: pages do not wait for it again and again, and it is soon back."""


class ModelList:
    """What one endpoint offered last, and the words for why it cannot be asked now ("" when it can)."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._stale_at = 0.0
        self.models: tuple[ModelInfo, ...] = ()
        self.error = ""

    @property
    def was_asked(self) -> bool:
        """Whether there is an answer, however old; a model's window does not change by the minute."""
        return self._stale_at > 0

    async def refresh(self, provider: Provider) -> None:
        """Ask the endpoint unless that was done lately; those who come meanwhile wait for the same answer."""
        async with self._lock:
            if time.monotonic() < self._stale_at:
                return
            try:
                listed = await provider.list_models()
                self.models = tuple(model for model in listed if can_chat(model.id))
                self.error = ""
            except ProviderError as error:
                self.error = error.user_message
            self._stale_at = time.monotonic() + (DOWN_SECONDS if self.error else FRESH_SECONDS)


_lists: WeakKeyDictionary[Provider, ModelList] = WeakKeyDictionary()


def list_of(provider: Provider) -> ModelList:
    """The list of this endpoint, which may have to be refreshed."""
    return _lists.setdefault(provider, ModelList())
