"""One conversation in the sidebar: a link, its marks and its menu, or the box that renames it."""

from typing import Any

import reflex as rx
from reflex_base.event import blur_focus

from chatapp import words
from chatapp.ui.components.composer import COMPOSER_ID, HAS_POINTER
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, icon_button, page_link
from chatapp.ui.components.printing import print_all
from chatapp.ui.state.conversation_actions import TITLE_BOX_CHARACTERS, ConversationActions
from chatapp.ui.state.sidebar import SidebarState

RENAME_ID = "rename"
LIST_ID = "conversations"


@rx.memo
def conversation_item(
    conversation_id: rx.Var[str],
    title: rx.Var[str],
    heading: rx.Var[str],
    is_current: rx.Var[bool],
    is_renaming: rx.Var[bool],
    is_running: rx.Var[bool],
    is_unread: rx.Var[bool],
    rest: rx.RestProp,
) -> rx.Component:
    """A row, and above the first of its group the heading. A memo: only rows that differ render again."""
    return rx.el.li(
        rest,
        rx.cond(heading != "", rx.el.h2(heading, class_name="group-heading")),
        rx.cond(
            is_renaming,
            rename_box(conversation_id=conversation_id, title=title),
            rx.el.div(
                _link(conversation_id, title, is_current, is_running, is_unread),
                _menu(conversation_id, title, is_current),
                class_name="sidebar-row conversation-row",
                data_current=rx.cond(is_current, "true", "false"),
            ),
        ),
    )


def _link(
    conversation_id: rx.Var[str],
    title: rx.Var[str],
    is_current: rx.Var[bool],
    is_running: rx.Var[bool],
    is_unread: rx.Var[bool],
) -> rx.Component:
    return page_link(
        rx.el.span(title, dir="auto", class_name="one-line"),
        rx.cond(
            is_running,
            rx.el.span(role="img", aria_label=words.ANSWERING, title=words.ANSWERING, class_name="dot running"),
            rx.cond(
                is_unread,
                rx.el.span(role="img", aria_label=words.NEW_ANSWER, title=words.NEW_ANSWER, class_name="dot unread"),
            ),
        ),
        to="/c/" + conversation_id,
        title=title,
        aria_current=rx.cond(is_current, "page", "false"),
        data_testid="conversation-item",
        data_conversation_id=conversation_id,
        class_name="conversation-link",
    )


def _menu(conversation_id: rx.Var[str], title: rx.Var[str], is_current: rx.Var[bool]) -> rx.Component:
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            icon_button(
                "ellipsis",
                words.MORE_OF.format(title=title),
                size=SMALL_ICON_PIXELS,
                data_testid="conversation-menu",
                class_name="conversation-menu",
            )
        ),
        rx.dropdown_menu.content(
            rx.dropdown_menu.item(
                rx.icon("pencil", size=SMALL_ICON_PIXELS, aria_hidden=True),
                words.RENAME,
                on_select=SidebarState.start_rename(conversation_id),
                data_testid="rename",
            ),
            rx.cond(is_current, _print_item()),
            rx.dropdown_menu.item(
                rx.icon("trash-2", size=SMALL_ICON_PIXELS, aria_hidden=True),
                words.DELETE,
                color="red",
                on_select=ConversationActions.delete(conversation_id),
                data_testid="delete",
            ),
            variant="soft",
            class_name="menu",
        ),
    )


def _print_item() -> rx.Component:
    """Only of the open conversation: what is printed is the page."""
    return rx.dropdown_menu.item(
        rx.icon("printer", size=SMALL_ICON_PIXELS, aria_hidden=True),
        words.PRINT,
        on_select=print_all(),
        data_testid="print",
    )


@rx.memo
def rename_box(conversation_id: rx.Var[str], title: rx.Var[str]) -> rx.Component:
    """The title as a box. Leaving it, by Enter as by a click elsewhere, keeps what was typed; Escape puts the old title
    back and leaves. A memo of its own: the page knows the box by its id, which only an open one may have."""
    return rx.el.form(
        rx.el.input(
            id=RENAME_ID,
            default_value=title,
            auto_focus=True,
            max_length=TITLE_BOX_CHARACTERS,
            aria_label=words.TITLE,
            dir="auto",
            on_key_down=lambda key: [
                rx.cond(key == "Escape", rx.set_value(RENAME_ID, title), rx.noop()),
                *_leave(key == "Escape"),
            ],
            on_blur=lambda typed: rx.cond(
                (typed.strip() == "") | (typed == title),
                SidebarState.start_rename(""),
                ConversationActions.rename({"conversation_id": conversation_id, "title": typed}),
            ),
            class_name="rename-box",
        ),
        on_submit=_leave(),
        class_name="rename-form",
    )


def _leave(does: rx.Var[bool] | bool = True) -> list[Any]:
    """Leave the box, for the message box where that opens no keyboard, else for the list."""
    then = rx.cond(HAS_POINTER, rx.set_focus(COMPOSER_ID), rx.set_focus(LIST_ID))
    return [rx.cond(does, blur_focus(RENAME_ID), rx.noop()), rx.cond(does, then, rx.noop())]
