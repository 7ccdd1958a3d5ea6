"""Filling a tab with what its address names.

A tab that connects is sent its whole state at once, and that may be empty or old: its process may be a new one, or one
that it left some time ago. What the page shows would vanish for a moment, or go back in time. So the state is brought
up to date before it is sent.
"""

from contextlib import aclosing

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from chatapp.accounts.principal import Principal
from chatapp.conversations import drafts
from chatapp.errors import ChatappError, NotFound
from chatapp.log import get_logger
from chatapp.reading import history
from chatapp.reading.follower import Follower
from chatapp.reading.history import History
from chatapp.settings import current
from chatapp.streaming import hub
from chatapp.ui.state import conversation_list, screen
from chatapp.ui.state.conversation import KEY_AT, ConversationState
from chatapp.ui.state.live_page import LivePage
from chatapp.ui.state.models import show_own as show_own_model
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.row_pages import OLDER_ROWS, PAGE_ROWS
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.waits import tell_time
from chatapp.web.arguments import KEY_MAX_CHARACTERS
from chatapp.web.guard import find_principal
from chatapp.web.handlers import find_declaration
from chatapp.web.page_errors import clear_error
from chatapp.web.reflex_handlers import CONNECT
from chatapp.words import kept_in_trash

log = get_logger(__name__)

CHAT_ROUTE = "/[[section]]/[[requested_id]]"
"""One route for `/` and `/c/<id>`: two would be two pages, and the first send, which turns one into the other, would
remount everything and lose focus and text. It matches any address of one or two parts that no other page has."""

KEPT_ROWS = PAGE_ROWS + OLDER_ROWS
"""How many rows of the sidebar a tab that connects is sent at most. The others come as somebody scrolls to them."""

NOWHERE = "nowhere"
"""An id that no conversation has."""


class FillOnConnect(rx.Middleware):
    """Brings the state of a chat page up to date before a tab that connects is sent it. Stands behind the guard.

    Also before anything is done in a page whose state is gone while the tab stayed connected: what was done would
    happen elsewhere, a question in a new conversation.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Fill the state; always None, which lets the event pass."""
        if not isinstance(state, rx.State) or state.router.route_id != CHAT_ROUTE:
            return None
        if event.name != CONNECT and not (_is_asked(event) and await _is_empty(state)):
            return None
        if principal := find_principal(state):
            try:
                await fill_with_text(state, principal, await conversation_to_show(state))
            except ChatappError as error:  # the load event that follows meets the same, and says it in words
                log.warning("page_not_filled", error=error.code)
        return None


async def fill(state: rx.State, principal: Principal, conversation_id: str) -> None:
    """Show a conversation, and the list of all. The text of a running answer comes from the follower.

    Raises DatabaseUnavailable; then the messages are still those of before, and a second try starts from there.
    """
    conversation = await state.get_state(ConversationState)
    # After a send or a reload the follower, which starts now, looks at the database first of all.
    is_unknown = _is_other(conversation, conversation_id) or conversation.loading or conversation.not_found
    looks_up = bool(conversation_id) and is_unknown
    found = await _find_history(principal, conversation_id) if looks_up else None
    await _turn_to(state, principal, conversation_id)
    if found:
        await screen.show_history(state, found)
    elif looks_up:
        screen.show_not_found(conversation)
    await show_own_model(state, principal)
    if not (await state.get_state(SidebarState)).loaded:
        await conversation_list.refresh(state, principal)


def requested_conversation(state: BaseState) -> str:
    """The conversation that the tab's address names; "" on the page for a new one.

    An address of another kind ends here too: as one that exists for nobody.
    """
    section, _, requested_id = state.router.url.path.strip("/").partition("/")
    if not section:
        return ""
    is_id = section == "c" and requested_id.isprintable() and 0 < len(requested_id) <= KEY_MAX_CHARACTERS
    return requested_id if is_id else NOWHERE


async def note_begun(state: BaseState, conversation_id: str) -> None:
    """Note that this conversation was begun in a tab that now has to be sent to its address."""
    conversation = await state.get_state(ConversationState)
    conversation._begun_id, conversation._begun_on = conversation_id, state.router.session.session_id


async def conversation_to_show(state: BaseState) -> str:
    """What the tab's address names; of a tab that was reloaded on its way there, the conversation begun in it.

    On the websocket on which that was begun, the address of a new conversation is where somebody went since.
    """
    conversation_id = requested_conversation(state)
    conversation = await state.get_state(ConversationState)
    if conversation_id or not conversation._begun_id or conversation._begun_on == state.router.session.session_id:
        conversation._begun_id = ""
        return conversation_id
    return conversation._begun_id


async def fill_with_text(state: rx.State, principal: Principal, conversation_id: str) -> None:
    """The same with the text that a running answer has by now: what a follower finds when it first looks."""
    follower = Follower(hub.current(), principal.user_id, conversation_id)
    async with aclosing(follower.batches()) as batches:
        first = await anext(batches)
        await _turn_to(state, principal, conversation_id, connects=True)
        await LivePage(principal, conversation_id).apply(state, first)
    await show_own_model(state, principal)


def _is_asked(event: Event) -> bool:
    """Whether a person has asked for it in a page that was open already."""
    declaration = find_declaration(event.name, RegistrationContext.get())
    return not (declaration.automatic or declaration.waits)


async def _is_empty(state: BaseState) -> bool:
    return not (await state.get_state(ConversationState)).client_message_id


async def _find_history(principal: Principal, conversation_id: str) -> History | None:
    try:
        return await history.get_history(principal, conversation_id)
    except NotFound:
        return None


def _is_other(conversation: ConversationState, conversation_id: str) -> bool:
    return conversation.conversation_id != conversation_id or not conversation.client_message_id


async def _turn_to(state: rx.State, principal: Principal, conversation_id: str, *, connects: bool = False) -> None:
    """Have the state be about this conversation, whose messages are not shown yet."""
    person, sidebar = await state.get_state(PersonState), await state.get_state(SidebarState)
    conversation = await state.get_state(ConversationState)
    is_other = _is_other(conversation, conversation_id)
    draft = await drafts.get_draft(principal, conversation_id) if is_other or connects else conversation.draft
    person.username, person.max_characters = principal.username, current().message_max_characters
    person.trash_note = kept_in_trash(current().trash_days)
    sidebar.current_id = conversation_id
    conversation.conversation_id = conversation.opened_id = conversation_id
    if is_other:
        await clear_error(state)
        await screen.clear_live(state)
        screen.renew_composer(conversation, draft, KEY_AT + conversation_id)
    elif conversation.draft != draft:  # a box that was typed in keeps its text
        conversation.draft = draft
    if connects:
        sidebar.limit = min(sidebar.limit, KEPT_ROWS)
        await tell_time(state)
    if conversation._unattached_load_id:
        screen.attach_composer(conversation)
    if not conversation_id:
        await screen.clear_live(state)
        screen.show_new_conversation(conversation, "" if is_other else conversation.model)
