"""Selecting several chats in the sidebar, and what can be done with them: `ui/javascript/selection.js`.

A row always has its box. The stylesheet shows the boxes while the bar stands before the list, so that no row has to
render for it.
"""

from typing import Any

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import ESCAPE, SMALL_ICON_PIXELS, TOAST, icon_button
from chatapp.ui.components.in_browser import function, hook
from chatapp.ui.state.selection import SelectionActions
from chatapp.ui.state.sidebar import SidebarState

START_SELECTING = function("startSelecting", "selection")
STOP_SELECTING = function("stopSelecting", "selection")
SELECT_ALL = function("selectAll", "selection")
ON_SELECT = function("onSelect", "selection")
SELECTED_IDS = function("selectedIds", "selection").call().to(str)
NEXT = f".{TOAST}; [data-testid='select']"


def select_button() -> rx.Component:
    """Has each chat show a box."""
    return icon_button(
        "list-checks",
        words.SELECT_CHATS,
        on_click=START_SELECTING,
        data_testid="select",
        class_name="select-button",
    )


def select_box(conversation_id: rx.Var[str], title: rx.Var[str]) -> rx.Component:
    """Lies over its row while chats are selected: whatever of the row is pressed, it is the box."""
    box = rx.el.input(type="checkbox", value=conversation_id, aria_label=title, class_name="select-box")
    return rx.el.label(box, class_name="select-cover")


@rx.memo
def selection_bar() -> rx.Component:
    """How many are selected, and what can be done with them; nothing while none can be."""
    count = hook("useSelectedCount", "selection").to(int)
    is_trash, is_archive = SidebarState.shelf == "trash", SidebarState.shelf == "archive"
    kept = rx.fragment(
        rx.cond(
            is_archive,
            _action("archive-restore", words.UNARCHIVE, SelectionActions.bring_back, "bulk-restore", count),
            _action("archive", words.ARCHIVE, SelectionActions.archive, "bulk-archive", count),
        ),
        _action("trash-2", words.DELETE, SelectionActions.delete, "bulk-delete", count),
    )
    bar = rx.el.div(
        rx.el.span(words.SELECTED.format(count=count), role="status", class_name="one-line"),
        rx.el.button(words.ALL, type="button", on_click=SELECT_ALL, data_testid="select-all", class_name="link-button"),
        rx.cond(is_trash, _action("undo-2", words.RESTORE, SelectionActions.bring_back, "bulk-restore", count), kept),
        icon_button(
            "x",
            words.STOP_SELECTING,
            on_click=STOP_SELECTING,
            aria_keyshortcuts=ESCAPE,
            data_testid="stop-selecting",
        ),
        role="toolbar",
        aria_label=words.SELECT_CHATS,
        data_focus_next=NEXT,
        class_name="selection-bar",
    )
    return rx.cond(hook("useIsSelecting", "selection").to(bool), bar)


def _action(icon: str, name: str, handler: Any, test_id: str, count: rx.Var[int]) -> rx.Component:
    return icon_button(
        icon,
        name,
        size=SMALL_ICON_PIXELS,
        on_click=[handler(SELECTED_IDS), STOP_SELECTING],
        disabled=count == 0,
        data_testid=test_id,
    )
