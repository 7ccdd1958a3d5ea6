"""The edge between the page and the services: where errors become words, and where an event learns who sent it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar, cast

import reflex as rx
from annotated_types import MaxLen
from reflex.state import BaseState
from reflex_base.event import EventSpec

from chatapp.errors import ChatappError, DatabaseAway, NotSignedIn
from chatapp.log import get_logger
from chatapp.ui.handlers import EVERYBODY, handler
from chatapp.ui.state.account_error import AccountErrorState
from chatapp.ui.state.conversation import ConversationState

log = get_logger(__name__)

AWAY_SECONDS = 1.0
"""Before what a page needs is asked for again while the database is away."""

ACCOUNT_PAGES = frozenset({"/login", "/signup", "/settings"})

WORDS_MAX_CHARACTERS = 500

P = ParamSpec("P")
S = TypeVar("S", bound=rx.State)
R = TypeVar("R")


class FailureState(rx.State):
    """Has no variables: it shows what went wrong outside every handler's own care."""

    @handler(audience=EVERYBODY, automatic=True, waits=False, chained=True)
    async def show(self, words: Annotated[str, MaxLen(WORDS_MAX_CHARACTERS)]) -> None:
        """Show these words in the page's one place for errors."""
        await show_error(self, words)


def shows_errors(
    handler: Callable[Concatenate[S, P], Awaitable[R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R | EventSpec | None]]:
    """Show what a handler raises beside the composer, where the person who caused it looks; nothing typed is lost."""

    @wraps(handler)
    async def wrapped(state: S, *args: P.args, **kwargs: P.kwargs) -> R | EventSpec | None:
        try:
            return await handler(state, *args, **kwargs)
        except ChatappError as error:
            return await _say(state, error)

    return cast(Callable[Concatenate[S, P], Coroutine[Any, Any, R | EventSpec | None]], wrapped)


def fills_page(handler: Callable[[S], Awaitable[R]]) -> Callable[[S], AsyncGenerator[R | EventSpec | None, None]]:
    """The same for what a page opens with, which nobody asks for again: while the database is away, it is waited for.

    The words are there meanwhile. Reflex ends the waiting when the tab closes, connects again or goes elsewhere.
    """

    @wraps(handler)
    async def wrapped(state: S) -> AsyncGenerator[R | EventSpec | None, None]:
        while True:
            try:
                events = await handler(state)
            except DatabaseAway as error:
                yield await _say(state, error)
                await asyncio.sleep(AWAY_SECONDS)
            except ChatappError as error:
                yield await _say(state, error)
                return
            else:
                await take_back(state, *DatabaseAway.every_message)
                yield events
                return

    return wrapped


def tell_failure(exception: Exception) -> EventSpec | None:
    """What a page is told of an exception that no handler has turned into words.

    Reflex's own answer is code for the page to evaluate, which our policy forbids.
    """
    if isinstance(exception, NotSignedIn):
        return rx.redirect("/login")
    if not isinstance(exception, ChatappError):
        log.error("event_failed", exc_info=exception)
    words = exception.user_message if isinstance(exception, ChatappError) else ChatappError.user_message
    show: Any = FailureState.show
    return cast(EventSpec, show(words[:WORDS_MAX_CHARACTERS]))


async def show_error(state: BaseState, words: str) -> None:
    """Put `words` into the page's one place for errors."""
    (await _place(state)).error = words


async def take_back(state: BaseState, *messages: str) -> None:
    """Take away what is shown, if it is one of `messages`: what they say is over."""
    place = await _place(state)
    if place.error in messages:
        place.error = ""


async def _say(state: BaseState, error: ChatappError) -> EventSpec | None:
    if isinstance(error, NotSignedIn):
        return rx.redirect("/login")
    await show_error(state, error.user_message)
    return None


async def _place(state: BaseState) -> ConversationState | AccountErrorState:
    is_account = state.router.url.path.rstrip("/") in ACCOUNT_PAGES  # the static server adds a slash
    return await state.get_state(AccountErrorState if is_account else ConversationState)
