"""Opening a page and following it. Load, reload, reconnect, second tab and other device are this one path."""

import asyncio
import math
import time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import reflex as rx
from reflex_base.event import EventSpec

from chatapp import metrics
from chatapp.accounts.principal import Principal
from chatapp.conversations import history
from chatapp.conversations import service as conversations
from chatapp.errors import DatabaseAway, NotFound, NotSignedIn
from chatapp.log import get_logger
from chatapp.settings import current
from chatapp.streaming import hub
from chatapp.streaming.follower import IDLE_SECONDS, Follower
from chatapp.streaming.pacing import Pace, Pacer
from chatapp.ui.guard import cookie_header, principal_of, signed_in_by
from chatapp.ui.state import conversation_list, screen
from chatapp.ui.state.boundary import shows_errors, text_argument
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live_page import LivePage
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.sidebar import SidebarState

log = get_logger(__name__)

NOWHERE = "nowhere"
"""An id that no conversation has."""

AWAY_SECONDS = 1.0
"""Before a page whose database was away is followed again."""

NAVIGATION_SECONDS = 30
"""How long a follower that a send started waits to be replaced by that of the new address. Reflex ends followers that
a load started when the tab closes, but not this one."""

_pacer = Pacer()


class PageState(rx.State):
    """Has no variables: it fills the others."""

    @rx.event
    @shows_errors
    async def open(self) -> list[Any]:
        """Show what the address names, then follow it. A load event, so it also runs after each reconnect."""
        principal = principal_of(self)
        conversation_id = requested_conversation(self)
        person, sidebar = await self.get_state(PersonState), await self.get_state(SidebarState)
        person.username, person.max_characters = principal.username, current().message_max_characters
        sidebar.current_id, sidebar.drawer_open = conversation_id, False
        await self._show(principal, conversation_id)
        if not sidebar.loaded:
            await conversation_list.refresh(self, principal)
        return [PageState.watch, ModelsState.load]

    @rx.event(background=True, supersedes=True)
    async def watch(self, new_conversation_id: str = "") -> EventSpec | None:
        """Keep the tab up to date for as long as it is open and its person signed in.

        The send that makes a conversation names it here, so that its first words need not wait until the tab has
        gone to its address; the load there then takes over.
        """
        while True:
            try:
                await self._follow(text_argument(new_conversation_id))
                return None
            except NotSignedIn:
                return rx.redirect("/login")
            except DatabaseAway:  # then again from the start, as after a reload
                log.warning("page_waits_for_database")
                await asyncio.sleep(AWAY_SECONDS)

    @rx.event
    async def remember_time_zone(self, zone: str) -> None:
        """Today and Yesterday are the reader's."""
        person = await self.get_state(PersonState)
        if text_argument(zone) in available_timezones() and zone != person.time_zone:
            person.time_zone = ZoneInfo(zone).key
            await conversation_list.refresh(self, principal_of(self))

    async def _follow(self, new_conversation_id: str) -> None:
        """Apply batches for ever. Raises NotSignedIn at most IDLE_SECONDS after the login session has ended."""
        async with self:
            cookies = cookie_header(self)
            conversation_id = new_conversation_id or requested_conversation(self)
        principal, checked_at = await signed_in_by(cookies), time.monotonic()
        page = LivePage(principal, conversation_id)
        give_up_at = time.monotonic() + NAVIGATION_SECONDS if new_conversation_id else math.inf
        pace = Pace(_pacer)
        follower = Follower(hub.current(), principal.user_id, conversation_id, pace)
        with metrics.following():
            async for batch in follower.batches():
                if time.monotonic() - checked_at >= IDLE_SECONDS:
                    await signed_in_by(cookies)
                    checked_at = time.monotonic()
                if batch.brings_something:  # the tab's lock costs more than the look at the login
                    async with self:
                        await page.apply(self, batch)
                if time.monotonic() > give_up_at:
                    return
                if batch.snapshot:
                    pace.begin_answer()
                if batch.text or batch.reasoning:
                    metrics.flushed(time.monotonic() - batch.arrived_at)
                    pace.flushed(len(batch.text))

    async def _show(self, principal: Principal, conversation_id: str) -> None:
        """Fill the conversation."""
        conversation = await self.get_state(ConversationState)
        is_other = conversation.conversation_id != conversation_id or not conversation.client_message_id
        conversation.conversation_id = conversation_id
        draft = await conversations.get_draft(principal, conversation_id)
        if is_other:
            conversation.error = ""
            await screen.clear_live(self)
            screen.renew_composer(conversation, draft)
        elif conversation.draft != draft:  # fills the box of a reloaded page; one that was typed in keeps its text
            conversation.draft = draft
        if conversation._loaded_document:
            screen.adopt_box(conversation)
        if not conversation_id:
            await screen.clear_live(self)
            screen.show_new_conversation(conversation)
            return
        if not is_other and not conversation.loading and not conversation.not_found:
            return  # after a send or a reload: the follower, which starts now, looks at the database first of all
        try:
            found = await history.get_history(principal, conversation_id)
        except NotFound:
            screen.show_not_found(conversation)
            return
        await screen.show_history(self, found)


def requested_conversation(state: rx.State) -> str:
    """The conversation that the tab's address names; "" on the page for a new one.

    Both addresses are one route (see pages/chat.py), so an address of another kind ends here too: as one that exists
    for nobody.
    """
    section, _, requested_id = state.router.url.path.strip("/").partition("/")
    if not section:
        return ""
    return text_argument(requested_id) if section == "c" and requested_id else NOWHERE
