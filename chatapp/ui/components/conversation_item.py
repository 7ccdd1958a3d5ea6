"""One conversation in the sidebar: a link, its marks and its menu, or the box that renames it."""

from typing import Any

import reflex as rx
from reflex_base.vars.function import FunctionVar
from reflex_base.vars.object import ObjectVar

from chatapp import words
from chatapp.ui.components.controls import COMPOSER_ID, SMALL_ICON_PIXELS, TOAST, icon_button, page_link
from chatapp.ui.components.in_browser import hook
from chatapp.ui.components.printing import print_all
from chatapp.ui.state.conversation_actions import TITLE_BOX_CHARACTERS, ConversationActions
from chatapp.ui.state.waits import WaitState

LIST_ID = "conversations"
Renaming = ObjectVar[dict[str, object]]

# Menus are opened in it: at the end of the page they would be outside of every landmark.
SIDEBAR: rx.Var[Any] = rx.Var(f"globalThis.document?.getElementById('{LIST_ID}')")


@rx.memo
def conversation_item(
    conversation_id: rx.Var[str],
    title: rx.Var[str],
    heading: rx.Var[str],
    is_current: rx.Var[bool],
    is_running: rx.Var[bool],
    is_unread: rx.Var[bool],
    renamed: rx.Var[list[str]],
    rest: rx.RestProp,
) -> rx.Component:
    """A row, and above the first of its group the heading. A memo: only rows that differ render again.

    `renamed` names the titles that the server has dealt with: until it does, the row shows what was typed.
    """
    renaming: Renaming = hook("useRename", "rename", title, renamed).to(dict[str, object])
    shown = renaming["shown"].to(str)
    return rx.el.li(
        rest,
        rx.cond(heading != "", rx.el.h2(heading, class_name="group-heading")),
        rx.cond(
            renaming["isOpen"].to(bool),
            _rename_box(renaming),
            rx.el.div(
                _link(conversation_id, shown, is_current, _marks(is_running, is_unread, renaming)),
                rx.cond(
                    renaming["isWaiting"].to(bool),
                    unsaved_title(conversation_id=conversation_id, title=shown, title_id=renaming["id"].to(str)),
                ),
                _menu(conversation_id, shown, is_current, renaming),
                class_name="sidebar-row conversation-row",
                data_focus_next=f".{TOAST}",
                data_current=rx.cond(is_current, "true", "false"),
            ),
        ),
    )


@rx.memo
def unsaved_title(conversation_id: rx.Var[str], title: rx.Var[str], title_id: rx.Var[str]) -> rx.Component:
    """Nothing to see: sends a title, and does so again on each connection until the server has dealt with it. What goes
    into a connection that is dead without the page knowing is lost."""
    return sent_title(key=WaitState.server_time, conversation_id=conversation_id, title=title, title_id=title_id)


@rx.memo
def sent_title(conversation_id: rx.Var[str], title: rx.Var[str], title_id: rx.Var[str]) -> rx.Component:
    """Nothing to see: sends a title once."""
    form = {"conversation_id": conversation_id, "title": title, "title_id": title_id}
    return rx.el.span(hidden=True, on_mount=ConversationActions.rename(form))


def _link(
    conversation_id: rx.Var[str],
    title: rx.Var[str],
    is_current: rx.Var[bool],
    marks: rx.Component,
) -> rx.Component:
    return page_link(
        rx.el.span(title, dir="auto", class_name="one-line"),
        marks,
        to="/c/" + conversation_id,
        title=title,
        aria_current=rx.cond(is_current, "page", "false"),
        data_testid="conversation-item",
        data_conversation_id=conversation_id,
        class_name="conversation-link",
    )


def _marks(is_running: rx.Var[bool], is_unread: rx.Var[bool], renaming: Renaming) -> rx.Component:
    running = rx.el.span(role="img", aria_label=words.ANSWERING, title=words.ANSWERING, class_name="dot running")
    unread = rx.el.span(role="img", aria_label=words.NEW_ANSWER, title=words.NEW_ANSWER, class_name="dot unread")
    return rx.fragment(
        rx.cond(renaming["isWaiting"].to(bool), rx.el.span(words.NOT_SAVED_YET, class_name="unsaved")),
        rx.cond(is_running, running, rx.cond(is_unread, unread)),
    )


def _menu(
    conversation_id: rx.Var[str], title: rx.Var[str], is_current: rx.Var[bool], renaming: Renaming
) -> rx.Component:
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
                on_select=renaming["open"].to(FunctionVar),
                data_testid="rename",
            ),
            rx.cond(is_current, _print_item()),
            rx.dropdown_menu.item(
                rx.icon("trash-2", size=SMALL_ICON_PIXELS, aria_hidden=True),
                words.DELETE,
                color="red",
                class_name="danger",
                on_select=ConversationActions.delete(conversation_id),
                data_testid="delete",
            ),
            variant="soft",
            data_focus_next=f".{TOAST}",  # which may be there before the menu has closed
            class_name="menu",
            custom_attrs={"container": SIDEBAR},
        ),
        modal=False,  # a modal one hides the rest from screen readers, with what the focus is in
    )


def _print_item() -> rx.Component:
    """Only of the open conversation: what is printed is the page."""
    return rx.dropdown_menu.item(
        rx.icon("printer", size=SMALL_ICON_PIXELS, aria_hidden=True),
        words.PRINT,
        on_select=print_all(),
        data_testid="print",
    )


def _rename_box(renaming: Renaming) -> rx.Component:
    """The title as a box. Leaving it, by Enter as by a click elsewhere, keeps what was typed; Escape does not."""
    return rx.el.input(
        default_value=renaming["shown"].to(str),
        auto_focus=True,
        max_length=TITLE_BOX_CHARACTERS,
        enter_key_hint="done",
        aria_label=words.TITLE,
        dir="auto",
        on_focus=renaming["selectAll"].to(FunctionVar),
        on_key_down=renaming["onKey"].to(FunctionVar),
        on_blur=lambda typed: renaming["leave"].to(FunctionVar).partial(typed),
        data_focus_next=f"#{COMPOSER_ID}; #{LIST_ID}",
        class_name="rename-box",
    )
