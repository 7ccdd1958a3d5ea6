"""What went wrong, where a page shows it: the edge at which errors of the services become words."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar, cast

import reflex as rx
from annotated_types import MaxLen
from reflex.state import BaseState
from reflex_base.event import EventSpec

from chatapp.clock import now
from chatapp.errors import ChatappError, DatabaseUnavailable, NotSignedIn
from chatapp.log import get_logger
from chatapp.web.handlers import EVERYBODY, handler
from chatapp.words import NOTICES, say_around_wait, words_of

log = get_logger(__name__)

RETRY_SECONDS = 1.0
"""Between two attempts to load what a page needs while the database is down."""

WORDS_MAX_CHARACTERS = 500

P = ParamSpec("P")
S = TypeVar("S", bound=rx.State)
R = TypeVar("R")


class ErrorState(rx.State):
    """What went wrong with the last thing that was done, until the next.

    Where it can be done again from a moment on, `opens_at` is that, in milliseconds since 1970, and its words belong
    between `error` and `rest`.
    """

    error: str = ""
    rest: str = ""
    opens_at: int = 0
    is_notice: bool = False

    _reason: str = ""

    @handler(audience=EVERYBODY, automatic=True, waits=False, chained=True)
    async def show(self, words: Annotated[str, MaxLen(WORDS_MAX_CHARACTERS)]) -> None:
        """Show what went wrong outside every handler's own care."""
        self.error, self.rest, self.opens_at, self._reason = words, "", 0, ""
        self.is_notice = False

    @handler
    async def dismiss(self) -> None:
        """Take the error away."""
        self.error = ""


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
    """The same for load events, which nobody repeats by hand: while the database is down, they wait for it.

    The error is shown meanwhile. Reflex ends the waiting when the tab closes, connects again or goes elsewhere.
    """

    @wraps(handler)
    async def wrapped(state: S) -> AsyncGenerator[R | EventSpec | None, None]:
        while True:
            try:
                events = await handler(state)
            except DatabaseUnavailable as error:
                yield await _say(state, error)
                await asyncio.sleep(RETRY_SECONDS)
            except ChatappError as error:
                yield await _say(state, error)
                return
            else:
                await take_back(state, *DatabaseUnavailable.every_reason)
                yield events
                return

    return wrapped


def tell_failure(exception: Exception) -> EventSpec | None:
    """What a page shows for an exception that no handler has translated.

    Reflex's own answer is code for the page to evaluate, which our policy forbids.
    """
    if isinstance(exception, NotSignedIn):
        return rx.redirect("/login")
    if not isinstance(exception, ChatappError):
        log.error("event_failed", exc_info=exception)
    words = words_of(exception if isinstance(exception, ChatappError) else ChatappError())
    show: Any = ErrorState.show
    return cast(EventSpec, show(words[:WORDS_MAX_CHARACTERS]))


async def show_error(state: BaseState, error: ChatappError) -> None:
    """Put an error into the page's one place for them, in words."""
    shown = await state.get_state(ErrorState)
    seconds = error.parameters.get("retry_after_seconds")
    if isinstance(seconds, int | float):
        shown.error, shown.rest = say_around_wait(error)
        shown.opens_at = round((now().timestamp() + seconds) * 1_000)
    else:
        shown.error, shown.rest, shown.opens_at = words_of(error), "", 0
    shown.is_notice, shown._reason = error.reason in NOTICES, error.reason


async def clear_error(state: BaseState) -> None:
    """Take away what is shown: something new was done."""
    (await state.get_state(ErrorState)).error = ""


async def take_back(state: BaseState, *reasons: str) -> None:
    """Take away what is shown, if it is there for one of `reasons`, which are over."""
    shown = await state.get_state(ErrorState)
    if shown._reason in reasons:
        shown.error = ""


async def _say(state: BaseState, error: ChatappError) -> EventSpec | None:
    if isinstance(error, NotSignedIn):
        return rx.redirect("/login")
    await show_error(state, error)
    return None
