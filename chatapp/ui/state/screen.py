"""Bringing a tab's state in line with a history: what is shown already stays, what is new is added.

These are functions over states and not methods of them, because every public method of a state is an event that
anybody may send.
"""

import uuid

import reflex as rx

from chatapp.reading.history import Entry, History
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.message_view import MessageView, live_view, message_view
from chatapp.ui.state.queued_rows import queued_rows
from chatapp.ui.state.rows import announcement
from chatapp.ui.state.sealed import SealedState

RECENT_MAX_ROWS = 6
MIDDLE_MAX_ROWS = 36
"""A changed list is sent whole. New rows go into a small list that now and then moves into the next larger one, so a
row is sent a few times at most, however long the visit. What a reader scrolls up to is in a list of its own, the newest
first: the page recognises a row of a list, and does not render it again, by its place."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


async def show_history(state: rx.State, history: History, *, by_follower: bool = False) -> None:
    """Make the tab show `history`: rows for what is finished, the live row for an answer of this visit.

    Only the follower, which has its text, ends the answer in the live row: a row says that it is complete in the same
    moment in which it is.
    """
    conversation = await state.get_state(ConversationState)
    live = await state.get_state(LiveState)
    entries = list(history.entries)
    last = entries[-1] if entries else None
    if last and last.answer and (last.answer.is_active or last.id == live.message.id):
        entries.pop()
        if by_follower or last.answer.is_active or not live.message.is_active:
            await put_live(state, last)
    elif live.message.id:
        await clear_live(state)
    has_grown = _show_rows(
        conversation, [message_view(entry, is_last=entry is last) for entry in entries], history.has_older
    )
    if has_grown and entries[-1].answer:  # it began and ended between two looks, and never was the live row
        announce(conversation, announcement(entries[-1].answer))
    assign(
        conversation,
        title=history.title,
        model=history.model,
        loading=False,
        not_found=False,
        is_empty=not history.entries,
        queued=queued_rows(history.queued),
        is_paused=history.is_paused,
        is_unread=history.is_unread,
    )


async def put_live(state: rx.State, entry: Entry) -> None:
    """Show an answer in the live row; its text comes from the follower."""
    live = await state.get_state(LiveState)
    view = live_view(entry)
    if live.message.id != view.id:
        await clear_live(state)
    if entry.answer and view.is_active and not live.message.is_active:
        announce(await state.get_state(ConversationState), announcement(entry.answer))
    assign(live, message=view, has_text=bool(entry.text))


async def clear_live(state: rx.State) -> None:
    """Empty the live row."""
    live, sealed = await state.get_state(LiveState), await state.get_state(SealedState)
    assign(live, message=MessageView(), s0="", s1="", s2="", has_text=False)
    assign(sealed, definitions="", **{name: "" for name in SealedState.get_fields() if name.startswith("p")})


def shown_rows(conversation: ConversationState) -> list[MessageView]:
    """The finished messages on the screen, oldest first."""
    return [*reversed(conversation.earlier), *conversation.older, *conversation.middle, *conversation.recent]


def show_earlier(conversation: ConversationState, earlier: History) -> None:
    """Put older messages on top of what is shown."""
    views = [message_view(entry) for entry in reversed(earlier.entries)]
    conversation.earlier = [*conversation.earlier, *views]
    conversation.has_older = earlier.has_older


def show_new_conversation(conversation: ConversationState, model: str = "") -> None:
    """An empty page, ready for the first question, which goes to `model` if one was picked."""
    _show_all(conversation, [], has_older=False)
    assign(conversation, title="", model=model, queued=[], is_paused=False)
    assign(conversation, loading=False, not_found=False, is_empty=True, is_unread=False)


def show_not_found(conversation: ConversationState) -> None:
    """The address names nothing, or something of somebody else's; the page does not say which."""
    _show_all(conversation, [], has_older=False)
    assign(conversation, title="", model="", queued=[], is_paused=False)
    assign(conversation, loading=False, not_found=True, is_empty=False, is_unread=False)


def renew_composer(conversation: ConversationState, draft: str = "", key: str = "") -> None:
    """Give the composer a new box with `draft` in it, named `key` if one is given, and the next send a new id."""
    conversation.draft, conversation.client_message_id = draft, str(uuid.uuid4())
    conversation.composer_key = key or conversation.client_message_id


def attach_composer(conversation: ConversationState) -> None:
    """Take the box that a newly loaded page came with for the one of this conversation, with what is typed in it."""
    conversation.page_load_id, conversation._unattached_load_id = conversation._unattached_load_id, ""
    conversation.composer_key = ""


def announce(conversation: ConversationState, words: str) -> None:
    """Have screen readers say something, also if they have just said it: of words that stay they say nothing."""
    conversation.announcement = words + (NO_BREAK_SPACE if conversation.announcement == words else "")


def assign(state: rx.State, **values: object) -> None:
    """Set what differs: an assignment marks a variable as changed, and sends it, even when it is equal."""
    for name, value in values.items():
        if getattr(state, name) != value:
            setattr(state, name, value)


def _show_rows(conversation: ConversationState, rows: list[MessageView], has_older: bool) -> bool:
    """Returns whether rows were added below those that were shown."""
    shown = shown_rows(conversation)
    start = next((i for i, row in enumerate(shown) if rows and row.id == rows[0].id), None)
    if start is None or shown[start:] != rows[: len(shown) - start]:
        _show_all(conversation, rows, has_older)
        return False
    new = rows[len(shown) - start :]
    if new:
        _append_rows(conversation, new)
    return bool(new)


def _show_all(conversation: ConversationState, rows: list[MessageView], has_older: bool) -> None:
    """Show these rows and no others."""
    assign(conversation, earlier=[], older=rows, middle=[], recent=[], has_older=has_older)


def _append_rows(conversation: ConversationState, new: list[MessageView]) -> None:
    conversation.recent = [*conversation.recent, *new]
    if len(conversation.recent) > RECENT_MAX_ROWS:
        conversation.middle, conversation.recent = [*conversation.middle, *conversation.recent], []
    if len(conversation.middle) > MIDDLE_MAX_ROWS:
        conversation.older, conversation.middle = [*conversation.older, *conversation.middle], []
