"""The small parts that every other component is made of: a button that is only an icon, and a link inside the app."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

ICON_PIXELS = 18
SMALL_ICON_PIXELS = 16

ESCAPE = "Escape"
COMPOSER_ID = "composer"

TO_COMPOSER = f"#{COMPOSER_ID}; .composer .press"
"""Where the focus goes (`data_focus_next`) from what is gone once it has been pressed; on a phone to the button."""

TOAST = "toast"
"""The class of what offers to undo something: it has the focus while it is there."""


class Near(rx.el.Span):
    """An empty mark whose animation, tied to its scroller by the stylesheet, starts when an end of that is near."""

    on_animation_start: rx.EventHandler[rx.event.no_args_event_spec]


def icon_button(icon: str, name: str | rx.Var[str], *, size: int = ICON_PIXELS, **props: Any) -> rx.Component:
    """A button that shows only an icon. `name` is what screen readers and the tooltip say."""
    class_name = " ".join(filter(None, ("icon-button", props.pop("class_name", ""))))
    return rx.el.button(
        rx.icon(icon, size=size, aria_hidden=True),
        aria_label=name,
        title=name,
        type=props.pop("type", "button"),
        class_name=class_name,
        **props,
    )


def page_link(*children: Any, to: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link to another address of the app: a real `<a href>`, followed without reloading the page."""
    return ReactRouterLink.create(*children, to=to, **props)
