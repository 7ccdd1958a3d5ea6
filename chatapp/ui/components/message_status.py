"""How a message ended, in words, with the one button that helps."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.waits import patient_button
from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.messages import MessagesState


def status_lines(message: rx.Var[MessageView]) -> rx.Component:
    """Nothing for an answer that is whole."""
    return rx.match(
        message.status,
        ("stopped", rx.el.p(words.YOU_STOPPED, class_name="quiet-line")),
        ("interrupted", _with_retry(rx.el.span(words.INTERRUPTED), message, "quiet-line")),
        ("failed", _with_retry(_error_words(message.error), message, "error-box")),
        rx.fragment(),
    )


def note_line(note: rx.Var[str]) -> rx.Component:
    """What a reader should know about a message, for example what the model was not given."""
    return rx.cond(note != "", rx.el.p(note, class_name="quiet-line"))


def later_line(message: rx.Var[MessageView]) -> rx.Component:
    """Where the messages are that followed another version of this answer, and the way there: none is lost."""
    return rx.cond(
        message.later_id != "",
        rx.el.div(
            rx.el.span(words.LATER_ELSEWHERE.format(version=message.later_version)),
            rx.el.button(
                words.SHOW_VERSION.format(version=message.later_version),
                type="button",
                on_click=MessagesState.select_version(message.later_id),
                data_testid="show-later",
                class_name="outline-button",
            ),
            class_name="quiet-line",
        ),
    )


def _error_words(error: rx.Var[str]) -> rx.Component:
    return rx.el.span(rx.cond(error != "", error, words.FAILED), data_testid="error")


def _with_retry(reason: rx.Component, message: rx.Var[MessageView], class_name: str) -> rx.Component:
    return rx.el.div(
        reason,
        patient_button(
            rx.icon("rotate-ccw", size=14, aria_hidden=True),
            words.RETRY,
            until=message.retry_at,
            waiting=words.TRY_AGAIN_IN,
            on_click=MessagesState.regenerate(message.id),
            data_testid="retry",
            class_name="outline-button",
        ),
        class_name=class_name,
    )
