"""What can be done with a message: copy it, ask again, go on, look at another version."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, icon_button
from chatapp.ui.components.in_browser import function, hook
from chatapp.ui.components.markdown import copy_button
from chatapp.ui.components.rating import thumbs
from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.messages import MessagesState


def bar(*children: rx.Component) -> rx.Component:
    """The row under a message. The stylesheet shows it on hover and focus, always on touch and under the last one."""
    return rx.el.div(*children, class_name="actions")


def copy(text: rx.Var[str]) -> rx.Component:
    """Put `text` on the clipboard. A word beside the icon says for a moment whether that worked."""
    return copy_button(
        rx.icon("copy", size=SMALL_ICON_PIXELS, aria_hidden=True),
        text=text,
        aria_label=words.COPY,
        title=words.COPY,
        data_testid="copy",
        class_name="icon-button",
    )


@rx.memo
def read_aloud(message_id: rx.Var[str]) -> rx.Component:
    """Have the browser read an answer, where it has a voice, or stop it. A memo: it alone shows that it does."""
    is_read = hook("useIsRead", "read_aloud", message_id).to(bool)
    button = rx.el.button(
        rx.cond(
            is_read,
            rx.icon("square", size=SMALL_ICON_PIXELS, aria_hidden=True),
            rx.icon("volume-2", size=SMALL_ICON_PIXELS, aria_hidden=True),
        ),
        type="button",
        on_click=function("toggleReading", "read_aloud").partial(message_id),
        aria_label=rx.cond(is_read, words.STOP_READING, words.READ_ALOUD),
        title=rx.cond(is_read, words.STOP_READING, words.READ_ALOUD),
        data_testid="read-aloud",
        class_name="icon-button",
    )
    return rx.cond(hook("useCanSpeak", "read_aloud").to(bool), button)


def answer_actions(message: rx.Var[MessageView]) -> rx.Component:
    """Another try for an answer that ended, and the rest of one that ended too early."""
    return rx.fragment(
        rx.cond(
            (message.status == "completed") | (message.status == "stopped"),
            rx.fragment(
                thumbs(message),
                icon_button(
                    "refresh-cw",
                    words.REGENERATE,
                    size=SMALL_ICON_PIXELS,
                    on_click=MessagesState.regenerate(message.id),
                    data_testid="regenerate",
                ),
            ),
        ),
        rx.cond(
            message.can_continue,
            rx.el.button(
                words.CONTINUE,
                type="button",
                on_click=MessagesState.continue_answer(message.id),
                data_testid="continue",
                class_name="text-button small",
            ),
        ),
    )


def versions(message: rx.Var[MessageView]) -> rx.Component:
    """The way between the versions of a message, where there are several."""
    return rx.cond(
        message.versions > 1,
        rx.el.div(
            _step("chevron-left", words.PREVIOUS_VERSION, message.previous_id, "previous-version"),
            rx.el.span(f"{message.version}/{message.versions}", data_testid="version-count"),
            _step("chevron-right", words.NEXT_VERSION, message.next_id, "next-version"),
            role="group",
            aria_label=words.VERSIONS,
            class_name="versions",
        ),
    )


def _step(icon: str, name: str, target_id: rx.Var[str], test_id: str) -> rx.Component:
    return icon_button(
        icon,
        name,
        size=SMALL_ICON_PIXELS,
        disabled=target_id == "",
        on_click=MessagesState.select_version(target_id),
        data_focus_next=_same_step(target_id, test_id),
        data_testid=test_id,
    )


def _same_step(message_id: rx.Var[str], test_id: str) -> str | rx.Var[str]:
    """The same button of the version that is shown next; at the end of the versions, the other one."""
    there = "[data-message-id='" + message_id + "'] "
    return there + f"[data-testid='{test_id}']; " + there + ".versions button"
