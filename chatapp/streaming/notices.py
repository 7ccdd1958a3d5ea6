"""Telling open pages that something changed: what services and the runner publish after a commit.

A notice that cannot be published, even a moment later, is dropped: it only says "look again", and pages do that by
themselves while Redis is down, and now and then at all times.
"""

import asyncio
from collections.abc import Sequence

from chatapp.errors import RedisUnavailable
from chatapp.log import get_logger
from chatapp.streaming import hub
from chatapp.streaming.events import Changed, control_key, conversation_key, person_key

log = get_logger(__name__)

RETRY_SECONDS = 0.3
"""Longer than our client leaves a Redis alone that did not answer. A notice that arrives twice does no harm."""

FEW = 10
"""So many notices cost less than having pages look for nothing."""


async def conversation_changed(owner_id: str, conversation_id: str) -> None:
    """Messages, versions or an answer's end: pages of this conversation and its owner's sidebars look again."""
    await _publish(conversation_key(conversation_id), Changed("messages"))
    await list_changed(owner_id)


async def conversations_changed(owner_id: str, conversation_ids: Sequence[str]) -> None:
    """The same of several at once. Of many, all pages of their owner look again: that is one notice."""
    if len(conversation_ids) > FEW:
        await _publish(person_key(owner_id), Changed("messages"))
        return
    for conversation_id in conversation_ids:
        await _publish(conversation_key(conversation_id), Changed("messages"))
    await list_changed(owner_id)


async def title_changed(owner_id: str, conversation_id: str) -> None:
    """Only the title: pages of this conversation read no more than that, its owner's sidebars look again."""
    await _publish(conversation_key(conversation_id), Changed("title"))
    await list_changed(owner_id)


async def answer_started(conversation_id: str) -> None:
    """A queued answer is being written now: pages say so before the first text comes."""
    await _publish(conversation_key(conversation_id), Changed("messages"))


async def stop_requested(generation_id: str) -> None:
    """Whoever runs the generation looks at its stop flag at once instead of at the next poll."""
    await _publish(control_key(generation_id), Changed("stop"))


async def list_changed(owner_id: str) -> None:
    """Titles, order, marks: the person's sidebars look again."""
    await _publish(person_key(owner_id), Changed("conversations"))


async def _publish(key: str, notice: Changed) -> None:
    for is_last in (False, True):
        try:
            await hub.current().log.publish(key, notice)
        except RedisUnavailable:
            if is_last:
                log.warning("notice_dropped", what=notice.what)
            else:
                await asyncio.sleep(RETRY_SECONDS)
        else:
            return
