"""When a message was sent, which model wrote it, in what time and at what price: asked for by a button below it."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, icon_button
from chatapp.ui.state.facts import Fact, FactsState


@rx.memo
def facts_button(message_id: rx.Var[str]) -> rx.Component:
    """A memo of its own: what it shows of one message renders no other text again."""
    return icon_button(
        "info",
        words.DETAILS,
        size=SMALL_ICON_PIXELS,
        on_click=FactsState.toggle(message_id),
        aria_expanded=FactsState.open_id == message_id,
        data_testid="details",
    )


@rx.memo
def facts(message_id: rx.Var[str]) -> rx.Component:
    """The facts of this message while they are asked for."""
    return rx.cond(
        FactsState.open_id == message_id,
        rx.el.dl(rx.foreach(FactsState.facts, _line), data_testid="facts", class_name="facts"),
    )


def _line(fact: rx.Var[Fact]) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.name), rx.el.dd(fact.value, dir="auto"))
