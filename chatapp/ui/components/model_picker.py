"""The model that the next question goes to, and the list to choose another from."""

import reflex as rx

from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.views import ModelOption

SELECTED = rx.cond(ModelsState.selected_name != "", ModelsState.selected_name, "Choose a model").to(str)

# Until the models are listed there is nothing to choose, and most often nothing that one has to.
IS_LISTED = (ModelsState.selected_name != "") | ~ModelsState.loading


def model_picker() -> rx.Component:
    """A button that names the model and opens the list; the list is looked up again each time it opens."""
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            rx.el.button(
                rx.el.span(SELECTED, class_name=rx.cond(IS_LISTED, "one-line", "one-line not-yet")),
                rx.icon("chevron-down", size=16, aria_hidden=True),
                type="button",
                title="Model",
                aria_label=rx.cond(IS_LISTED, "Model: " + SELECTED, "Model"),
                data_testid="model-picker",
                class_name="text-button model-picker",
            )
        ),
        rx.dropdown_menu.content(
            rx.foreach(ModelsState.options, _option),
            rx.cond(ModelsState.loading, _line("Looking for models…")),
            variant="soft",
            class_name="menu",
        ),
        on_open_change=lambda is_open: rx.cond(is_open, ModelsState.load(), rx.noop()),
    )


def _option(option: ModelOption) -> rx.Component:
    return rx.fragment(
        rx.cond(option.heading != "", _line(option.heading, "menu-heading")),
        rx.cond(option.error != "", _line(option.error, "error-words"), _model(option)),
        key=option.key + option.heading,
    )


def _model(option: ModelOption) -> rx.Component:
    return rx.dropdown_menu.item(
        rx.el.span(option.name, class_name="one-line"),
        rx.cond(option.key == ModelsState.selected, rx.icon("check", size=16, aria_hidden=True)),
        custom_attrs={"role": "menuitemradio", "aria-checked": option.key == ModelsState.selected},
        on_select=ModelsState.select(option.key),
        data_testid="model-option",
        data_model=option.key,
        class_name="model-option",
    )


def _line(text: str | rx.Var[str], class_name: str = "") -> rx.Component:
    return rx.el.div(text, role="presentation", class_name=f"menu-line {class_name}")
