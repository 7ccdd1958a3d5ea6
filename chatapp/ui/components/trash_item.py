"""One conversation in the trash: its title, and the two ways out. One of them asks first: there is no way back."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, icon_button
from chatapp.ui.components.selection import select_box
from chatapp.ui.state.shelves import ShelfActions

NEXT = ".trash-row button; .shelf-head button"


@rx.memo
def trash_item(
    conversation_id: rx.Var[str], title: rx.Var[str], heading: rx.Var[str], rest: rx.RestProp
) -> rx.Component:
    """A row, and above the first of its group the heading."""
    return rx.el.li(
        rest,
        rx.cond(heading != "", rx.el.h2(heading, class_name="group-heading")),
        rx.el.div(
            rx.el.span(title, dir="auto", title=title, class_name="one-line"),
            icon_button(
                "undo-2",
                words.RESTORE_OF.format(title=title),
                size=SMALL_ICON_PIXELS,
                on_click=ShelfActions.restore(conversation_id),
                data_testid="restore",
            ),
            _delete_for_good(conversation_id, title),
            select_box(conversation_id, title),
            data_testid="trash-item",
            data_conversation_id=conversation_id,
            data_focus_next=NEXT,
            class_name="sidebar-row trash-row",
        ),
    )


def _delete_for_good(conversation_id: rx.Var[str], title: rx.Var[str]) -> rx.Component:
    name = words.DELETE_FOR_GOOD_OF.format(title=title)
    return rx.popover.root(
        rx.popover.trigger(
            icon_button("trash-2", name, size=SMALL_ICON_PIXELS, data_testid="delete-for-good"),
        ),
        rx.popover.content(
            rx.el.p(words.DELETE_FOR_GOOD_WARNING),
            rx.el.div(
                rx.popover.close(rx.el.button(words.KEEP, type="button")),
                rx.popover.close(
                    rx.el.button(
                        words.DELETE_FOR_GOOD,
                        type="button",
                        on_click=ShelfActions.delete_for_good(conversation_id),
                        data_testid="confirm",
                        class_name="danger",
                    )
                ),
                class_name="confirm-buttons",
            ),
            aria_label=name,
            data_focus_next=NEXT,
            class_name="confirm",
        ),
    )
