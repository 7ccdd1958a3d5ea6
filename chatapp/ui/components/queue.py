"""The messages that wait until the answer before them has ended: a list above the message box."""

from typing import Any

import reflex as rx
from reflex_base.vars.object import ObjectVar

from chatapp import words
from chatapp.ui.components.composer import DRAFT_DELAY_MS, IS_PHONE, is_too_long
from chatapp.ui.components.controls import ESCAPE, SMALL_ICON_PIXELS, TO_COMPOSER, TOAST, icon_button
from chatapp.ui.components.in_browser import function
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.queue import QueueActions
from chatapp.ui.state.queued_rows import QueuedRow

CARRY, ALLOW, CARRIED = (function(name, "queue_drag") for name in ("carry", "allow", "carried"))


def _id_carried(event: ObjectVar[dict[str, object]]) -> tuple[rx.Var[str]]:
    return (CARRIED.call(event).to(str),)


class _Row(rx.el.Li):
    """A row that others can be dropped at."""

    on_drop: rx.EventHandler[_id_carried]


def queue() -> rx.Component:
    """The list, and whether it goes on by itself; nothing while nothing waits."""
    waiting = ConversationState.queued
    return rx.cond(
        waiting.length() > 0,
        rx.el.section(
            rx.cond(ConversationState.is_paused, _paused(), rx.el.p(words.QUEUE_GOES_ON, class_name="quiet-line")),
            rx.el.ol(rx.foreach(waiting, _row)),
            aria_label=words.QUEUE,
            data_testid="queue",
            data_focus_next=TO_COMPOSER,
            class_name="queue",
        ),
    )


@rx.memo
def queued_message(
    message: rx.Var[QueuedRow], place: rx.Var[int], is_last: rx.Var[bool], rest: rx.RestProp
) -> rx.Component:
    """One message, or the box in which its text is changed. `place` counts from 0."""
    return _Row.create(
        rest,
        rx.cond(message.is_edited, _edit_box(message), _line(message, place, is_last)),
        draggable=~message.is_edited,
        on_drop=lambda dropped: rx.cond(dropped != "", QueueActions.move(dropped, place), rx.noop()),
        custom_attrs={"onDragStart": CARRY, "onDragOver": ALLOW},
        data_testid="queued-message",
        data_message_id=message.id,
        data_focus_next=f".{TOAST}; " + TO_COMPOSER,
    )


def _row(message: rx.Var[QueuedRow], place: rx.Var[int]) -> Any:
    is_last = place == ConversationState.queued.length() - 1
    return queued_message(key=message.id, message=message, place=place, is_last=is_last)


def _paused() -> rx.Component:
    return rx.el.div(
        rx.el.span(words.QUEUE_PAUSED),
        rx.el.button(
            words.GO_ON,
            type="button",
            on_click=QueueActions.go_on,
            data_testid="queue-go-on",
            class_name="outline-button",
        ),
        class_name="quiet-line",
    )


def _line(message: rx.Var[QueuedRow], place: rx.Var[int], is_last: rx.Var[bool]) -> rx.Component:
    up, down = _button_of(message, "queue-up"), _button_of(message, "queue-down")
    return rx.el.div(
        rx.el.span(message.text, dir="auto", class_name="one-line"),
        rx.el.div(
            _button("pencil", words.EDIT, "queue-edit", QueueActions.edit(message.id)),
            _button(
                "chevron-up",
                words.MOVE_UP,
                "queue-up",
                QueueActions.move(message.id, place - 1),
                disabled=place == 0,
                data_focus_next=down,
            ),
            _button(
                "chevron-down",
                words.MOVE_DOWN,
                "queue-down",
                QueueActions.move(message.id, place + 1),
                disabled=is_last,
                data_focus_next=up,
            ),
            _button("send", words.SEND_NOW, "queue-send-now", QueueActions.send_now(message.id)),
            _button("x", words.REMOVE, "queue-remove", QueueActions.remove(message.id)),
            class_name="queue-actions",
        ),
        data_focus_next="[data-message-id='" + message.id + "'] textarea",
        class_name="queue-line",
    )


def _edit_box(message: rx.Var[QueuedRow]) -> rx.Component:
    """Enter saves, except on a phone, as it sends in the message box; Escape cancels."""
    return rx.el.form(
        rx.el.textarea(
            name="text",
            default_value=message.text,
            aria_label=words.MESSAGE,
            dir="auto",
            rows=1,
            auto_height=True,
            enter_key_submit=~IS_PHONE,
            on_change=lambda text: _keep(message, text),
            data_testid="queue-box",
            class_name="queue-box",
        ),
        rx.el.input(type="hidden", name="message_id", value=message.id, read_only=True),
        rx.el.button(words.SAVE, type="submit", data_testid="queue-save", class_name="outline-button"),
        rx.el.button(
            words.CANCEL,
            type="button",
            on_click=QueueActions.cancel(message.id),
            aria_keyshortcuts=ESCAPE,
            data_testid="queue-cancel",
            class_name="outline-button",
        ),
        on_submit=_save,
        method="dialog",
        aria_label=words.EDIT,
        data_focus_next=_button_of(message, "queue-edit"),
        class_name="queue-line",
    )


# Both are judged in the page, because a frame over 1 MB would close the connection.
def _save(form: rx.Var[dict[str, Any]]) -> Any:
    return rx.cond(is_too_long(form.to(dict)["text"].to(str)), ComposerState.too_long(), QueueActions.save(form))


def _keep(message: rx.Var[QueuedRow], text: rx.Var[str]) -> Any:
    keep = QueueActions.keep(ConversationState.conversation_id, message.id, text)
    return rx.cond(is_too_long(text), rx.noop(), keep.debounce(DRAFT_DELAY_MS))


def _button(icon: str, name: str, test_id: str, pressed: Any, **props: Any) -> rx.Component:
    return icon_button(icon, name, size=SMALL_ICON_PIXELS, on_click=pressed, data_testid=test_id, **props)


def _button_of(message: rx.Var[QueuedRow], test_id: str) -> Any:
    return "[data-message-id='" + message.id + f"'] [data-testid='{test_id}']"
