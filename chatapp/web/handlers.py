"""Who may call an event handler, and with what: said where it is defined, checked before it runs.

    class NotesState(rx.State):
        @handler
        async def rename(self, note_id: Key, title: Annotated[Typed, MaxLen(200)]) -> None: ...

        @handler(audience=EVERYBODY, automatic=True)
        async def open(self) -> None: ...

`rename` is for people who are signed in, who have asked for it; `open` is what a page does by itself, whoever sits in
front of it. The guard reads this of each event, web.event_fields of each frame, and the app does not start while there
is a handler that says nothing. Reflex's own are declared in web.reflex_handlers.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import cached_property
from typing import Any, TypedDict, Unpack

import reflex as rx
from reflex_base.registry import RegistrationContext

from chatapp.accounts.principal import Principal
from chatapp.errors import Forbidden, SettingsError
from chatapp.web.arguments import Arguments


class Audience(Enum):
    """Who may call a handler. PEOPLE are signed in; what is for NOBODY is there because Reflex makes it."""

    EVERYBODY = auto()
    PEOPLE = auto()
    ADMINISTRATORS = auto()
    NOBODY = auto()


EVERYBODY, PEOPLE, ADMINISTRATORS, NOBODY = Audience


class Marks(TypedDict, total=False):
    """What is said of a handler.

    What is `automatic`, done by the page itself, does not count as use of a login. What `waits` while the database is
    away is done when that is back, because nobody would ask for it again; all does that is automatic, unless this says
    otherwise. What is `chained` only follows another handler. `arguments` are said where annotations are not ours.
    """

    audience: Audience
    automatic: bool
    waits: bool
    chained: bool
    arguments: Arguments


class Declaration:
    """What a handler says of itself, with the defaults of what it does not say."""

    def __init__(self, function: Callable[..., Any], **marks: Unpack[Marks]) -> None:
        self.audience = marks.get("audience", PEOPLE)
        self.automatic = marks.get("automatic", False)
        self.waits = marks.get("waits", self.automatic)
        self.chained = marks.get("chained", False)
        self._function, self._arguments = function, marks.get("arguments")

    @cached_property
    def arguments(self) -> Arguments:
        """What it takes. Raises TypeError when its annotations leave something open."""
        return self._arguments or Arguments.of(self._function)

    @property
    def is_sent(self) -> bool:
        """Whether there is a page that sends it."""
        return self.audience is not NOBODY and not self.chained

    def admits(self, principal: Principal | None) -> bool:
        """Whether this person, or a stranger, may call it."""
        if self.audience is ADMINISTRATORS:
            return principal is not None and principal.is_admin
        return self.audience is EVERYBODY or (self.audience is PEOPLE and principal is not None)

    def check(self, principal: Principal | None, payload: Mapping[str, Any]) -> None:
        """Raises Forbidden when this person may not call it, and Invalid when it does not take this."""
        if not self.admits(principal):
            raise Forbidden
        self.arguments.check(payload)


_declared: dict[Callable[..., Any], Declaration] = {}
_UNDECLARED = Declaration(lambda: None, audience=NOBODY)


def declare(function: Callable[..., Any], **marks: Unpack[Marks]) -> None:
    """Say it of the function of a handler that is not ours."""
    _declared[function] = Declaration(function, **marks)


def handler(
    function: Callable[..., Any] | None = None,
    *,
    background: bool = False,
    supersedes: bool = False,
    **marks: Unpack[Marks],
) -> Callable[..., Any]:
    """Make a method of a state an event handler; `background` and `supersedes` are Reflex's."""

    def make(method: Callable[..., Any]) -> Callable[..., Any]:
        declare(method, **marks)
        event: Any = rx.event(method, background=background, supersedes=supersedes)  # a function; typed otherwise
        return event

    return make if function is None else make(function)


def find_declaration(name: str, registration: RegistrationContext) -> Declaration:
    """What the handler of this full name says of itself; one that says nothing, or that is not there, is for nobody."""
    registered = registration.event_handlers.get(name)
    return _declared.get(registered.handler.fn, _UNDECLARED) if registered else _UNDECLARED


def assert_declared(registration: RegistrationContext) -> None:
    """Refuse to start with a handler that does not say who may call it, and with what. Raises SettingsError."""
    for name in registration.event_handlers:
        declaration = find_declaration(name, registration)
        if declaration is _UNDECLARED:
            raise SettingsError(f"The event handler {name} does not say who may call it.")
        try:
            if declaration.audience is not NOBODY:
                _ = declaration.arguments
        except TypeError as error:
            raise SettingsError(f"The event handler {name} does not say what it takes: {error}.") from None
