"""The answer that is being written. Once it has ended it stays here until the next question: moving it would jump."""

import reflex as rx

from chatapp import words
from chatapp.ui.components import message_actions as actions
from chatapp.ui.components.facts import facts_button
from chatapp.ui.components.markdown import markdown
from chatapp.ui.components.message import message_article, reasoning_of
from chatapp.ui.components.waits import elapsed
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.sealed import SealedState
from chatapp.ui.state.waits import WaitState

SHOWN_FROM_SECONDS = 5
SLOTS = tuple(getattr(SealedState, f"p{number}") for number in range(20))
OPEN_TEXT = LiveState.s0 + LiveState.s1 + LiveState.s2


def live_message() -> rx.Component:
    """The last row, absent when the last message is not of this visit."""
    message = LiveState.message
    bar = rx.cond(message.is_active, rx.fragment(), live_actions())
    return rx.cond(message.id != "", message_article(message, _body(), bar))


def _body() -> rx.Component:
    is_thinking = LiveState.message.is_active & ~LiveState.has_text
    return rx.fragment(
        reasoning_of(LiveState.message),
        rx.el.div(live_text(), hidden=is_thinking, dir="auto", data_testid="message-body", class_name="answer"),
        rx.cond(is_thinking, thinking(began_at=LiveState.message.began_at)),
        rx.cond(LiveState.message.is_active & LiveState.has_text & (WaitState.quiet_since > 0), silence()),
    )


@rx.memo
def live_text() -> rx.Component:
    """The text in parts. The one behind the last sealed slot grows; when it is sealed it stays where it is, and loses
    only the beginning of the next: remounting it, with its formulas and colours, took a tenth of a second."""
    writing = LiveState.message.is_active & LiveState.has_text
    links = SealedState.definitions
    parts = [
        live_part(text=links + rx.cond(slot != "", slot, OPEN_TEXT).to(str), growing=(slot == "") & writing)
        for slot in SLOTS
    ]
    parts.append(live_part(text=links + OPEN_TEXT, growing=writing))
    return rx.fragment(parts[0], *(rx.cond(slot != "", part) for slot, part in zip(SLOTS, parts[1:], strict=True)))


@rx.memo
def live_part(text: rx.Var[str], growing: rx.Var[bool]) -> rx.Component:
    """One part. Rendered again only when its own text changes."""
    return markdown(text, streaming=growing)


@rx.memo
def live_actions() -> rx.Component:
    """A memo that exists only once the answer has ended: what it copies is the whole text, which grows until then."""
    message, shown = LiveState.message, SLOTS[0]
    for part in (*SLOTS[1:], OPEN_TEXT):
        shown = shown + part
    return actions.bar(
        rx.cond(LiveState.has_text, actions.copy(rx.cond(message.raw != "", message.raw, shown).to(str))),
        actions.answer_actions(message),
        actions.versions(message),
        rx.cond(LiveState.has_text, actions.read_aloud(message_id=message.id)),
        facts_button(message_id=message.id),
    )


@rx.memo
def thinking(began_at: rx.Var[int]) -> rx.Component:
    """A still mark until the first text, with seconds from the fifth on."""
    return rx.el.div(words.THINKING, " ", elapsed(began_at, after=SHOWN_FROM_SECONDS), class_name="thinking")


@rx.memo
def silence() -> rx.Component:
    """Says below an answer for how long nothing has been added to it."""
    counted = elapsed(WaitState.quiet_since)
    return rx.el.p(words.NO_TEXT_FOR, " ", counted, " ...", data_testid="silence", class_name="quiet-line")
