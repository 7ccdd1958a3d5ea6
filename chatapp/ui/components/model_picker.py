"""The model that the next question goes to, and the list to choose another from: a search box with its finds below.

The focus stays in the box. Radix brings it there, and back to the button; arrow keys only move a mark.
"""

from typing import Any, cast

import reflex as rx

from chatapp import words
from chatapp.ui.components.composer import HAS_POINTER
from chatapp.ui.state.model_picker import SEARCH_MAX_CHARACTERS, PickerState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.views import ModelOption

SEARCH_ID, LIST_ID = "model-search", "model-list"
SEARCH_DELAY_MS = 120

SELECTED = rx.cond(ModelsState.selected_name != "", ModelsState.selected_name, words.CHOOSE_MODEL).to(str)

# Until the models are listed there is nothing to choose, and most often nothing that one has to.
IS_LISTED = (ModelsState.selected_name != "") | ~ModelsState.loading

# What is in the box when a key is pressed may be ahead of what is listed.
TYPED = rx.Var(f"(globalThis.document?.getElementById('{SEARCH_ID}')?.value ?? '')").to(str)

KEYS = {"ArrowDown": 1, "ArrowUp": -1, "PageDown": 10, "PageUp": -10}

NEAREST = cast(bool, rx.Var.create({"block": "nearest"}))
"""Scrolls as little as needed; `align_to_top` is handed to the browser's own scrollIntoView, which takes that too."""


def model_picker() -> rx.Component:
    """A button that names the model and opens the list; the list is looked up again each time it opens."""
    return rx.popover.root(
        rx.popover.trigger(
            rx.el.button(
                rx.el.span(SELECTED, class_name=rx.cond(IS_LISTED, "one-line", "one-line not-yet")),
                rx.icon("chevron-down", size=16, aria_hidden=True),
                type="button",
                title=rx.cond(ModelsState.selected != "", ModelsState.selected, words.MODEL),
                aria_label=rx.cond(IS_LISTED, words.MODEL_NAME.format(model=SELECTED), words.MODEL),
                data_testid="model-picker",
                class_name="text-button model-picker",
            )
        ),
        rx.popover.content(
            _search(),
            # What is pressed in the list chooses and closes; what only says something does neither.
            rx.popover.close(rx.el.div(_list(), class_name="model-list-frame")),
            rx.cond(PickerState.more > 0, _more()),
            aria_label=words.LIST_OF_MODELS,
            align="start",
            size="1",
            collision_padding=8,
            class_name="model-menu",
        ),
        on_open_change=lambda is_open: rx.cond(is_open, ModelsState.unfold(), rx.noop()),
    )


@rx.memo
def model_option(
    option_id: rx.Var[str],
    model: rx.Var[str],
    name: rx.Var[str],
    is_active: rx.Var[bool],
    is_selected: rx.Var[bool],
    rest: rx.RestProp,
) -> rx.Component:
    """A model to choose, of plain values: moving the mark renders the two that it leaves and comes to."""
    return rx.el.div(
        rest,
        rx.el.span(name, class_name="model-name"),
        rx.cond(is_selected, rx.icon("check", size=16, aria_hidden=True)),
        rx.cond(is_active, in_sight(option_id=option_id)),
        id=option_id,
        role="option",
        aria_selected=is_active,
        aria_checked=is_selected,
        on_click=ModelsState.select(model),
        data_testid="model-option",
        data_model=model,
        title=model,
        class_name="model-option",
    )


@rx.memo
def in_sight(option_id: rx.Var[str]) -> rx.Component:
    """Nothing to see: scrolls to the option it stands in, as it comes there."""
    return rx.el.span(hidden=True, on_mount=rx.scroll_to(cast(str, option_id), align_to_top=NEAREST))


def _list() -> rx.Component:
    return rx.el.div(
        rx.foreach(PickerState.options, _line),
        id=LIST_ID,
        key=PickerState.searched,  # what is found is shown from its beginning
        role="listbox",
        aria_label=words.LIST_OF_MODELS,
        class_name="model-list",
    )


def _search() -> rx.Component:
    return rx.el.form(
        rx.icon("search", size=16, aria_hidden=True),
        rx.el.input(
            id=SEARCH_ID,
            type="text",
            placeholder=words.SEARCH_MODELS,
            aria_label=words.SEARCH_MODELS,
            role="combobox",
            aria_expanded="true",
            aria_autocomplete="list",
            aria_controls=LIST_ID,
            custom_attrs={"aria-activedescendant": _option_id(PickerState.active)},
            auto_complete="off",
            spell_check=False,
            max_length=SEARCH_MAX_CHARACTERS,
            tab_index=rx.cond(HAS_POINTER, 0, -1),  # focus, which Radix gives it, would open a phone's keyboard
            on_change=PickerState.search.debounce(SEARCH_DELAY_MS),
            on_key_down=_on_key,
            data_testid="model-search",
            class_name="model-search",
        ),
        # Enter in the box presses it.
        rx.popover.close(
            rx.el.button(
                words.CHOOSE,
                type="submit",
                tab_index=-1,
                aria_hidden=True,
                on_click=ModelsState.choose(TYPED),
                class_name="visually-hidden",
            )
        ),
        method="dialog",
        class_name="model-search-row",
    )


def _on_key(key: rx.Var[str], _held: Any) -> Any:
    pressed = rx.noop()
    for name, step in KEYS.items():
        pressed = rx.cond(key == name, PickerState.move(step, TYPED).prevent_default, pressed)
    return pressed


def _line(option: ModelOption, place: rx.Var[int]) -> rx.Component:
    return rx.fragment(
        rx.cond(option.heading != "", _words(option.heading, "menu-heading")),
        rx.cond(
            option.key != "",
            model_option(
                option_id=_option_id(place),
                model=option.key,
                name=option.name,
                is_active=place == PickerState.active,
                is_selected=option.key == ModelsState.selected,
            ),
            rx.cond(option.error != "", _words(option.error, "error-words"), _words(option.note)),
        ),
        key=f"{option.key} {option.heading} {option.note} {option.error}",
    )


def _words(text: str | rx.Var[str], class_name: str = "") -> rx.Component:
    return rx.el.div(text, role="presentation", on_click=rx.stop_propagation, class_name=f"menu-line {class_name}")


def _more() -> rx.Component:
    return rx.el.div(
        rx.el.span(words.MORE_MODELS.format(count=PickerState.more)),
        rx.el.button(words.SHOW_MORE_MODELS, type="button", on_click=PickerState.show_more, class_name="link-button"),
        class_name="menu-line model-more",
    )


def _option_id(place: rx.Var[int]) -> rx.Var[str]:
    return "model-" + place.to_string()
