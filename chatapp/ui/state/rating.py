"""Rating an answer, and saying why."""

from typing import Annotated

import reflex as rx
from annotated_types import MaxLen
from typing_extensions import TypedDict

from chatapp.conversations import ratings
from chatapp.conversations.ratings import BAD, GOOD, NOTE_MAX_CHARACTERS, UNRATED, Rating
from chatapp.ui.state.messages import look_again
from chatapp.web.arguments import Key, Typed
from chatapp.web.guard import principal_of
from chatapp.web.handlers import handler
from chatapp.web.page_errors import shows_errors

THUMB_UP, THUMB_DOWN, NO_THUMB = GOOD, BAD, UNRATED
NOTE_BOX_CHARACTERS = NOTE_MAX_CHARACTERS


class Note(TypedDict):
    """What the box for a note sends."""

    message_id: Key
    note: Annotated[Typed, MaxLen(NOTE_BOX_CHARACTERS)]


class RatingState(rx.State):
    """Of which answer the page asks why it was rated so, and what was said of that before."""

    open_id: str = ""
    note: str = ""

    @handler
    @shows_errors
    async def rate(self, message_id: Key, rating: Rating) -> None:
        """Rate an answer, or take that back; a rating asks for a note."""
        self.note = await ratings.rate(principal_of(self), message_id, rating)
        self.open_id = "" if rating == NO_THUMB else message_id
        await look_again(self)

    @handler
    @shows_errors
    async def save_note(self, form: Note) -> None:
        """Keep why an answer was rated so. The box goes once that is stored."""
        await ratings.set_note(principal_of(self), form["message_id"], form["note"])
        self.open_id = ""

    @handler
    async def close(self) -> None:
        """Ask no more."""
        self.open_id = ""
