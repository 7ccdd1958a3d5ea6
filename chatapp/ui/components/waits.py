"""Waits that count in the browser: `ui/javascript/waits.js`. Moments are the server's, in milliseconds since 1970."""

from typing import Any

import reflex as rx

from chatapp.ui.state.waits import WaitState


class _Wait(rx.Component):
    """What the script exports."""

    library = "$/utils/waits.js"


class _ServerClock(_Wait):
    tag = "ServerClock"

    time: rx.Var[int]


class _Elapsed(_Wait):
    tag = "Elapsed"

    since: rx.Var[int]
    after: rx.Var[int]


class _Remaining(_Wait):
    tag = "Remaining"

    until: rx.Var[int]
    before: rx.Var[str]
    over: rx.Var[str]


class _PatientButton(_Wait):
    tag = "PatientButton"

    until: rx.Var[int]
    waiting: rx.Var[str]
    type: rx.Var[str]


@rx.memo
def server_clock() -> rx.Component:
    """Nothing to see: tells the page the server's time, which it is sent whenever it connects."""
    return _ServerClock.create(time=WaitState.server_time)


def elapsed(since: rx.Var[int], *, after: int = 0) -> rx.Component:
    """How long ago a moment was, as in "12 s"; nothing in the first `after` seconds."""
    return _Elapsed.create(since=since, after=after)


def remaining(until: rx.Var[int], *, before: str, over: str) -> rx.Component:
    """How long it is until a moment, `before` in front of it; `over` from then on."""
    return _Remaining.create(until=until, before=before, over=over)


def patient_button(*children: Any, until: rx.Var[int], waiting: str, **props: Any) -> rx.Component:
    """A button that can be pressed from a moment on, and counts until then, behind the word `waiting`."""
    return _PatientButton.create(*children, until=until, waiting=waiting, type="button", **props)
