"""Instructions and parameters of the open chat, in a panel that keeps each change by itself.

On the page for a new chat it is about all of a person's chats. There is nothing to press at the end: what is typed is
stored half a second later, and when its box is left.
"""

from typing import Any

import reflex as rx

from chatapp import words
from chatapp.ui.components.composer import DRAFT_DELAY_MS, HAS_POINTER
from chatapp.ui.components.controls import icon_button
from chatapp.ui.state.chat_settings import INSTRUCTIONS_BOX_CHARACTERS, ChatSettingsState
from chatapp.ui.state.conversation import ConversationState

STOP_BOX_CHARACTERS = 500
NUMBER_BOX_CHARACTERS = 20


def chat_settings() -> rx.Component:
    """The button that opens the panel, and the panel."""
    name = rx.cond(ConversationState.conversation_id == "", words.SETTINGS_OF_ALL, words.CHAT_SETTINGS)
    return rx.popover.root(
        rx.popover.trigger(
            icon_button("sliders-horizontal", name, data_testid="conversation-settings", class_name="chat-settings")
        ),
        rx.popover.content(
            rx.cond(ChatSettingsState.is_open, _panel()),
            aria_label=name,
            align="end",
            size="1",
            collision_padding=8,
            class_name="chat-settings-panel",
        ),
        on_open_change=lambda is_open: rx.cond(is_open, ChatSettingsState.open(), ChatSettingsState.close()),
    )


def _panel() -> rx.Component:
    is_of_all = ChatSettingsState.conversation_id == ""
    return rx.el.div(
        rx.el.h2(rx.cond(is_of_all, words.SETTINGS_OF_ALL, words.CHAT_SETTINGS)),
        rx.el.p(rx.cond(is_of_all, words.WHICH_ALL, words.WHICH_ONE), class_name="hint"),
        _text("instructions", ChatSettingsState.instructions, words.INSTRUCTIONS_FOR, INSTRUCTIONS_BOX_CHARACTERS, 5),
        _number("temperature", ChatSettingsState.temperature, "0 - 2"),
        _number("top_p", ChatSettingsState.top_p, "0 - 1"),
        _number("max_tokens", ChatSettingsState.max_tokens, ""),
        _effort(),
        _text("stop", ChatSettingsState.stop, words.ONE_A_LINE, STOP_BOX_CHARACTERS, 2),
        rx.el.p(rx.cond(ChatSettingsState.is_saved, words.SAVED, ""), role="status", class_name="hint"),
        class_name="chat-settings-fields",
    )


def _text(name: str, value: rx.Var[str], placeholder: str, most: int, rows: int) -> rx.Component:
    box = rx.el.textarea(
        placeholder=placeholder,
        rows=rows,
        max_length=most,
        auto_focus=name == "instructions" and HAS_POINTER,
        **_of(name, value),
    )
    return _field(name, box)


def _number(name: str, value: rx.Var[str], placeholder: str) -> rx.Component:
    box = rx.el.input(
        type="text",
        input_mode="decimal",
        placeholder=placeholder,
        max_length=NUMBER_BOX_CHARACTERS,
        auto_complete="off",
        **_of(name, value),
    )
    return _field(name, box)


def _effort() -> rx.Component:
    options = (rx.el.option(label, value=value) for value, label in words.EFFORTS.items())
    choice = rx.el.select(
        rx.el.option(words.AS_THE_MODEL, value=""),
        *options,
        default_value=ChatSettingsState.reasoning_effort,
        name="reasoning_effort",
        id="setting-reasoning_effort",
        on_change=lambda typed: _change("reasoning_effort", typed),
    )
    return _field("reasoning_effort", choice)


def _of(name: str, value: rx.Var[str]) -> dict[str, Any]:
    """What all boxes for text have in common."""
    is_wrong = ChatSettingsState.problem_name == name
    return {
        "id": f"setting-{name}",
        "name": name,
        "default_value": value,
        "dir": "auto",
        "aria_invalid": is_wrong,
        "aria_describedby": rx.cond(is_wrong, f"problem-{name}", ""),
        "on_change": lambda typed: _change(name, typed).debounce(DRAFT_DELAY_MS),
        "on_blur": lambda typed: _change(name, typed),
    }


def _field(name: str, box: rx.Component) -> rx.Component:
    is_wrong = ChatSettingsState.problem_name == name
    return rx.el.div(
        rx.el.label(words.SETTING_NAMES[name], html_for=f"setting-{name}"),
        box,
        rx.cond(
            is_wrong, rx.el.p(ChatSettingsState.problem, id=f"problem-{name}", role="alert", class_name="error-words")
        ),
    )


def _change(name: str, typed: rx.Var[str]) -> Any:
    return ChatSettingsState.change(
        {"conversation_id": ChatSettingsState.conversation_id, "name": name, "typed": typed}
    )
