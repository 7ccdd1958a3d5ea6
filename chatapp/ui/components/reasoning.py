"""What a model thought before it answered: folded, and asked for only when somebody unfolds it."""

import reflex as rx

from chatapp import words
from chatapp.ui.state.reasoning import ReasoningState, ReasoningTextState


@rx.memo
def reasoning(message_id: rx.Var[str], seconds: rx.Var[int]) -> rx.Component:
    """A memo of its own: unfolding one renders no answer again."""
    is_open = ReasoningState.open_id == message_id
    return rx.el.div(
        rx.el.button(
            rx.icon("chevron-right", size=16, aria_hidden=True),
            rx.cond(seconds > 0, words.THOUGHT_FOR.format(seconds=seconds), words.THOUGHT),
            type="button",
            aria_expanded=is_open,
            on_click=ReasoningState.toggle(message_id),
            class_name="text-button small thought",
        ),
        rx.cond(is_open, reasoning_text()),
        data_testid="reasoning",
        class_name="reasoning",
    )


@rx.memo
def reasoning_text() -> rx.Component:
    """The unfolded text, plain: models think in half sentences that are no markdown."""
    return rx.el.div(ReasoningTextState.r0 + ReasoningTextState.r1, dir="auto", class_name="reasoning-text")
