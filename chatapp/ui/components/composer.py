"""The message box. What is typed belongs to the browser until it is sent; the server only ever hears of it as a draft.

It is never emptied by the page: a new `key`, which comes once the question is stored, makes a new box.
"""

from typing import Any

import reflex as rx

from chatapp.ui.components.controls import icon_button
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.person import PersonState

COMPOSER_ID = "composer"
DRAFT_DELAY_MS = 500


def composer() -> rx.Component:
    """The form: the box, what names the question, and the one button."""
    return rx.el.form(
        composer_box(key=ConversationState.composer_key, draft=ConversationState.draft),
        rx.el.input(
            type="hidden", name="client_message_id", value=ConversationState.client_message_id, read_only=True
        ),
        send_or_stop(),
        on_submit=_send,
        aria_label="Message",
        class_name="composer",
    )


@rx.memo
def composer_box(draft: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """The text box, as a component of its own: a form sends a box that it knows by its id twice."""
    return rx.el.textarea(
        rest,
        id=COMPOSER_ID,
        name="text",
        default_value=draft,
        placeholder="Ask anything",
        aria_label="Message",
        rows=1,
        auto_focus=True,
        auto_height=True,
        enter_key_submit=True,
        enter_key_hint="send",
        on_change=_save_draft,
        data_testid="composer",
        class_name="composer-box",
    )


def send_or_stop() -> rx.Component:
    """Send, or stop while an answer is written. Enter still submits then: the answer to that keeps the text."""
    return rx.cond(
        LiveState.is_active,
        icon_button("square", "Stop", size=14, on_click=ComposerState.stop, data_testid="stop", class_name="press stop"),
        icon_button("arrow-up", "Send", type="submit", data_testid="send", class_name="press send"),
    )


# Both are judged in the page, because a frame over 1 MB would close the connection.
def _send(form: rx.Var[dict[str, Any]]) -> Any:
    return rx.cond(_is_too_long(form.to(dict)["text"].to(str)), ComposerState.too_long(), ComposerState.send(form))


def _save_draft(text: rx.Var[str]) -> Any:
    return rx.cond(_is_too_long(text), rx.noop(), ComposerState.save_draft(text).debounce(DRAFT_DELAY_MS))


def _is_too_long(text: rx.Var[str]) -> rx.Var[bool]:
    return text.length() > PersonState.max_characters
