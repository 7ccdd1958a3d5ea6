"""The answer that is being written. Once it has ended it stays here until the next question: moving it would jump."""

import reflex as rx

from chatapp.ui.components import message_actions as actions
from chatapp.ui.components.markdown import markdown
from chatapp.ui.components.message_status import note_line, status_lines
from chatapp.ui.components.reasoning import reasoning
from chatapp.ui.components.source_list import source_list
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.sealed import SealedState

SLOTS = tuple(getattr(SealedState, f"p{number}") for number in range(20))
OPEN_TEXT = LiveState.s0 + LiveState.s1 + LiveState.s2


def live_message() -> rx.Component:
    """The last row, absent when the last message is not of this visit."""
    is_thinking = LiveState.is_active & ~LiveState.has_text
    return rx.cond(
        LiveState.message_id != "",
        rx.el.article(
            rx.el.h2("Answer", class_name="visually-hidden"),
            rx.cond(LiveState.has_reasoning, reasoning(message_id=LiveState.message_id)),
            rx.el.div(
                live_text(),
                hidden=is_thinking,
                dir="auto",
                data_testid="message-body",
                class_name="answer",
            ),
            rx.cond(is_thinking, thinking()),
            status_lines(LiveState.message_id, LiveState.status, LiveState.error),
            source_list(LiveState.sources),
            note_line(LiveState.note),
            rx.cond(LiveState.is_active, rx.fragment(), live_actions()),
            aria_label="Answer",
            data_testid="message",
            data_role="assistant",
            data_status=LiveState.status,
            data_message_id=LiveState.message_id,
            class_name="message",
        ),
    )


@rx.memo
def live_text() -> rx.Component:
    """The text in parts. The one behind the last sealed slot grows; when it is sealed it stays where it is, and loses
    only the beginning of the next: mounting it anew, with its formulas and colours, took a tenth of a second."""
    writing = LiveState.is_active & LiveState.has_text
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
    shown = SLOTS[0]
    for part in (*SLOTS[1:], OPEN_TEXT):
        shown = shown + part
    return actions.bar(
        rx.cond(LiveState.has_text, actions.copy(rx.cond(LiveState.raw != "", LiveState.raw, shown).to(str))),
        actions.answer_actions(LiveState.message_id, LiveState.status, LiveState.can_continue),
        actions.versions(LiveState.version, LiveState.versions, LiveState.previous_id, LiveState.next_id),
    )


def thinking() -> rx.Component:
    """A still mark until the first text. The stylesheet counts the seconds from the fifth on."""
    return rx.el.div("Thinking", rx.el.span(aria_hidden=True, class_name="seconds"), class_name="thinking")
