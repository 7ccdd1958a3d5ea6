"""The edge between the page and the services: where errors become words, and where an event learns who sent it."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import reflex as rx
from reflex_base.event import EventSpec

from chatapp.errors import ChatappError, NotSignedIn
from chatapp.ui.state.conversation import ConversationState

P = ParamSpec("P")
S = TypeVar("S", bound=rx.State)
R = TypeVar("R")


def shows_errors(
    handler: Callable[Concatenate[S, P], Awaitable[R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R | EventSpec | None]]:
    """Show what a handler raises beside the composer, where the person who caused it looks; nothing typed is lost."""

    @wraps(handler)
    async def wrapped(state: S, *args: P.args, **kwargs: P.kwargs) -> R | EventSpec | None:
        try:
            return await handler(state, *args, **kwargs)
        except NotSignedIn:
            return rx.redirect("/login")
        except ChatappError as error:
            await show_error(state, error.user_message)
            return None

    return cast(Callable[Concatenate[S, P], Coroutine[Any, Any, R | EventSpec | None]], wrapped)


async def show_error(state: rx.State, words: str) -> None:
    """Put `words` into the page's one place for errors."""
    conversation = await state.get_state(ConversationState)
    conversation.error = words


def text_argument(value: object, *, max_characters: int = 100) -> str:
    """A short string that a browser sent, or "": event arguments come unchecked, whatever their annotation says.

    Half of a surrogate pair, which JSON can hold, no database stores; PostgreSQL stores no zero byte either.
    """
    return value if isinstance(value, str) and len(value) <= max_characters and value.isprintable() else ""


def form_argument(value: object) -> dict[str, Any]:
    """The fields of a form that a browser sent, or none."""
    return value if isinstance(value, dict) else {}
