"""Opening a page and following it. Load, reload, reconnect, second tab and other device are this one path."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import reflex as rx
from reflex.config import get_config
from reflex_base.event import EventSpec

from chatapp import metrics
from chatapp.errors import DatabaseUnavailable, NotSignedIn
from chatapp.log import get_logger
from chatapp.reading.follower import IDLE_SECONDS, Batch, Follower
from chatapp.streaming import hub
from chatapp.streaming.pacing import FlushScheduler, PageFlushTimer
from chatapp.ui.state import conversation_list
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.live_page import LivePage
from chatapp.ui.state.models import ModelsState, is_fresh
from chatapp.ui.state.opening import conversation_to_show, fill, requested_conversation
from chatapp.ui.state.person import PersonState
from chatapp.web.arguments import Key
from chatapp.web.guard import cookie_header, principal_of, signed_in_by
from chatapp.web.handlers import handler
from chatapp.web.page_errors import RETRY_SECONDS, fills_page, shows_errors, take_back

log = get_logger(__name__)

CHECK_SECONDS = IDLE_SECONDS / 2
"""Between two looks whether the person is still signed in, as batches come. Not all of it: the batch that came a little
too early for a look would be followed by as long a silence again, and timers do run a little early."""

LOAD_SECONDS = 30.0
"""How long a follower that a send started waits to be replaced by that of the conversation's address. Reflex ends
followers that a load started when the tab closes, but not this one."""

TOUCH_SHARE = 3
"""How often a state is touched, while its tab is open, within the time after which Reflex drops one that is not."""

_flush_scheduler = FlushScheduler()


class PageState(rx.State):
    """Has no variables: it fills the others."""

    @handler(automatic=True)
    @fills_page
    async def open(self) -> list[Any]:
        """Show what the address names, then follow it. A load event, so it also runs after each reconnect."""
        conversation_id = await conversation_to_show(self)
        await fill(self, principal_of(self), conversation_id)
        models = await self.get_state(ModelsState)
        follow: Any = PageState.watch
        begun = [conversation_id] if conversation_id != requested_conversation(self) else []
        return [follow(*begun), *([] if is_fresh(models) else [ModelsState.load])]

    @handler(automatic=True, background=True, supersedes=True)
    async def watch(self, new_conversation_id: Key = "") -> AsyncGenerator[EventSpec, None]:
        """Keep the tab up to date for as long as it is open and its person signed in.

        The send that makes a conversation names it here: after the first batch the tab is sent to its address, and the
        load there takes over.
        """
        while True:
            try:
                async with aclosing(self._follow(new_conversation_id)) as events:
                    async for event in events:
                        yield event
                return
            except NotSignedIn:
                yield rx.redirect("/login")
                return
            except DatabaseUnavailable:  # then again from the start, as after a reload
                log.warning("page_waits_for_database")
                await asyncio.sleep(RETRY_SECONDS)

    @handler(automatic=True)
    @shows_errors
    async def remember_time_zone(self, zone: Key) -> None:
        """Today and Yesterday are the reader's."""
        person = await self.get_state(PersonState)
        if zone != person.time_zone and zone in _known_zones():
            shown, person.time_zone = person.time_zone or "UTC", ZoneInfo(zone).key
            if zone != shown:
                await conversation_list.refresh(self, principal_of(self))

    async def _follow(self, new_conversation_id: str) -> AsyncGenerator[EventSpec, None]:
        """Apply batches until the page is gone; yields the redirect to a new conversation's address.

        Raises NotSignedIn at most CHECK_SECONDS and IDLE_SECONDS after the login session has ended, IDLE_SECONDS on a
        page that nothing comes to, and DatabaseUnavailable. The tab's state is touched now and then also when there is
        nothing to show: one that Reflex drops under an open page comes back without all that a reader did to the page.
        """
        async with self:
            cookies = cookie_header(self)
            conversation_id = new_conversation_id or requested_conversation(self)
            live = await self.get_state(LiveState)
            running_id = live.message.id if live.message.is_active else ""
        principal, checked_at = await signed_in_by(cookies), time.monotonic()
        began_at, touched_at = checked_at, -math.inf
        page, pace = LivePage(principal, conversation_id), PageFlushTimer(_flush_scheduler)
        touch_seconds = get_config().redis_token_expiration / TOUCH_SHARE  # it counts for states in memory too
        follower = Follower(hub.current(), principal.user_id, conversation_id, pace, running_id)
        with metrics.following():
            async for batch in follower.batches():
                if time.monotonic() - checked_at >= CHECK_SECONDS:
                    await signed_in_by(cookies)
                    checked_at = time.monotonic()
                is_first = touched_at == -math.inf
                if page.has_news(batch) or time.monotonic() - touched_at >= touch_seconds:
                    async with self:  # which costs more than the look at the login
                        await page.apply(self, batch)
                        if is_first:
                            await take_back(self, *DatabaseUnavailable.every_reason)
                    touched_at = time.monotonic()
                _note(pace, batch)
                if new_conversation_id and is_first:
                    yield rx.redirect(f"/c/{new_conversation_id}", replace=True)
                if new_conversation_id and time.monotonic() - began_at > LOAD_SECONDS:
                    return


def _note(pace: PageFlushTimer, batch: Batch) -> None:
    """Count a batch that was shown."""
    if batch.snapshot:
        pace.begin_answer()
    if batch.text or batch.reasoning:
        metrics.flushed(time.monotonic() - batch.arrived_at)
        pace.flushed(len(batch.text))


@cache
def _known_zones() -> frozenset[str]:
    """Looking through all files of the time zones takes up to 60 ms."""
    return frozenset(available_timezones())
