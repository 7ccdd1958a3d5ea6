"""A thumb up or down for an answer, and a box to say why."""

from typing import Any

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import ESCAPE, SMALL_ICON_PIXELS, icon_button
from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.rating import NO_THUMB, NOTE_BOX_CHARACTERS, THUMB_DOWN, THUMB_UP, RatingState


def thumbs(message: rx.Var[MessageView]) -> rx.Component:
    """The two buttons. A second press takes the rating back."""
    return rx.fragment(
        _thumb(message, "thumbs-up", words.GOOD_ANSWER, THUMB_UP, "feedback-up"),
        _thumb(message, "thumbs-down", words.BAD_ANSWER, THUMB_DOWN, "feedback-down"),
    )


def _thumb(message: rx.Var[MessageView], icon: str, name: str, rating: int, test_id: str) -> rx.Component:
    is_given = message.rating == rating
    return icon_button(
        icon,
        name,
        size=SMALL_ICON_PIXELS,
        on_click=RatingState.rate(message.id, rx.cond(is_given, NO_THUMB, rating)),
        aria_pressed=is_given,
        data_testid=test_id,
    )


@rx.memo
def rating_note(message_id: rx.Var[str], rating: rx.Var[int]) -> rx.Component:
    """Asks why an answer was rated so, for as long as that is of interest. A memo: it renders no text again."""
    is_open = (RatingState.open_id == message_id) & (rating != NO_THUMB)
    return rx.cond(is_open, _note_box(message_id, rx.cond(rating == THUMB_UP, words.WHY_GOOD, words.WHY_BAD)))


def _note_box(message_id: rx.Var[str], question: Any) -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="message_id", value=message_id, read_only=True),
        rx.el.input(
            name="note",
            default_value=RatingState.note,
            max_length=NOTE_BOX_CHARACTERS,
            placeholder=question,
            aria_label=question,
            aria_description=words.WHO_READS_RATINGS,
            enter_key_hint="done",
            auto_complete="off",
            dir="auto",
            data_testid="feedback-note",
            class_name="field",
        ),
        rx.el.button(words.SAVE, type="submit", class_name="outline-button"),
        icon_button("x", words.DISMISS, size=SMALL_ICON_PIXELS, on_click=RatingState.close, aria_keyshortcuts=ESCAPE),
        rx.el.p(words.WHO_READS_RATINGS),
        on_submit=RatingState.save_note,
        data_focus_next="[data-message-id='" + message_id + "'] .actions [aria-pressed='true']",
        class_name="rating-note",
    )
