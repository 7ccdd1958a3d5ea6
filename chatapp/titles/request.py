"""Asks a model for a title without anybody having to wait for that, and no model that has shown that it cannot."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any
from weakref import WeakKeyDictionary

from chatapp.db import database
from chatapp.errors import ProviderError
from chatapp.generations import queries as generation_queries
from chatapp.providers import registry
from chatapp.providers.base import Provider
from chatapp.titles.suggestion import suggest_title

CANNOT = frozenset({"rejected", "timeout", "malformed", "context_too_long", "too_large"})
"""The codes of errors that another question would bring again. A busy or an absent server says nothing of its model."""

FORGET_SECONDS = 3_600.0
"""How long a model that could not is left alone: a server may be restarted, with another model under the name."""

LOOK_SECONDS = 0.5
"""Between two looks whether another process has been given a question for the same endpoint."""

_cannot_until: WeakKeyDictionary[Provider, dict[str, float]] = WeakKeyDictionary()


async def request_title(model_key: str, question: str, answer: str, *, has_other_processes: bool) -> str:
    """The title, or "" when the model cannot make one. Raises ProviderError, DatabaseUnavailable.

    In this process a question to the same endpoint ends the request (`Provider.complete`); `has_other_processes`
    means that such questions may also be answered elsewhere.
    """
    provider, model_id = registry.current().provider(model_key)
    cannot_until = _cannot_until.setdefault(provider, {})
    if time.monotonic() < cannot_until.get(model_id, 0.0):
        return ""
    title = ""
    try:
        asking = suggest_title(provider, model_id, question, answer)
        title = await (_unless_asked_elsewhere(asking, model_key) if has_other_processes else asking)
    except ProviderError as error:
        if error.code not in CANNOT:
            raise
    if not title:
        cannot_until[model_id] = time.monotonic() + FORGET_SECONDS
    return title


async def _unless_asked_elsewhere(asking: Coroutine[Any, Any, str], model_key: str) -> str:
    """What `asking` returns, unless the endpoint is given a question meanwhile; then it is cancelled, and closed."""
    work = asyncio.create_task(asking)
    try:
        known = await _list_questions(model_key)
        while not work.done():
            await asyncio.wait([work], timeout=LOOK_SECONDS)
            if not work.done() and await _list_questions(model_key) - known:
                raise ProviderError("gave_way", code="unavailable")
        return await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _list_questions(model_key: str) -> set[str]:
    """Ids of the answers that wait for the endpoint of this model, or are being written by it."""
    endpoint = model_key.partition("/")[0]
    async with database.reading() as db:
        active = await generation_queries.list_active_models(db)
    return {generation_id for generation_id, key in active if key.partition("/")[0] == endpoint}
