"""One conversation in the sidebar: a link, its marks and its menu, or the box that renames it."""

from typing import Any

import reflex as rx
from reflex_base.vars.function import FunctionVar
from reflex_base.vars.object import ObjectVar

from chatapp import words
from chatapp.ui.components.controls import COMPOSER_ID, SMALL_ICON_PIXELS, TOAST, icon_button, page_link
from chatapp.ui.components.in_browser import hook
from chatapp.ui.components.printing import print_all
from chatapp.ui.components.selection import select_box
from chatapp.ui.state.conversation_actions import TITLE_BOX_CHARACTERS, ConversationActions
from chatapp.ui.state.shelves import ShelfActions
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
    is_pinned: rx.Var[bool],
    is_archived: rx.Var[bool],
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
                _link(conversation_id, shown, is_current, _marks(is_running, is_unread & ~is_current, renaming)),
                rx.cond(
                    renaming["isWaiting"].to(bool),
                    unsaved_title(conversation_id=conversation_id, title=shown, title_id=renaming["id"].to(str)),
                ),
                _menu(
                    shown,
                    _rename_item(renaming),
                    rx.cond(is_archived, _unarchive_item(conversation_id), _order_items(conversation_id, is_pinned)),
                    rx.cond(is_current, _print_item()),
                    _delete_item(conversation_id),
                ),
                select_box(conversation_id, shown),
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


def _menu(title: rx.Var[str], *items: rx.Component) -> rx.Component:
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
            *items,
            variant="soft",
            data_focus_next=f".{TOAST}",  # which may be there before the menu has closed
            class_name="menu",
            custom_attrs={"container": SIDEBAR},
        ),
        modal=False,  # a modal one hides the rest from screen readers, with what the focus is in
    )


def _item(icon: str, said: str, on_select: Any, test_id: str, **props: Any) -> rx.Component:
    return rx.dropdown_menu.item(
        rx.icon(icon, size=SMALL_ICON_PIXELS, aria_hidden=True),
        said,
        on_select=on_select,
        data_testid=test_id,
        **props,
    )


def _rename_item(renaming: Renaming) -> rx.Component:
    return _item("pencil", words.RENAME, renaming["open"].to(FunctionVar), "rename")


def _order_items(conversation_id: rx.Var[str], is_pinned: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            is_pinned,
            _item("pin-off", words.UNPIN, ShelfActions.pin(conversation_id, ~is_pinned), "pin"),
            _item("pin", words.PIN, ShelfActions.pin(conversation_id, ~is_pinned), "pin"),
        ),
        _item("archive", words.ARCHIVE, ShelfActions.archive(conversation_id), "archive"),
    )


def _unarchive_item(conversation_id: rx.Var[str]) -> rx.Component:
    return _item("archive-restore", words.UNARCHIVE, ShelfActions.unarchive(conversation_id), "unarchive")


def _print_item() -> rx.Component:
    """Only of the open conversation: what is printed is the page."""
    return _item("printer", words.PRINT, print_all(), "print")


def _delete_item(conversation_id: rx.Var[str]) -> rx.Component:
    deleted = ConversationActions.delete(conversation_id)
    return _item("trash-2", words.DELETE, deleted, "delete", color="red", class_name="danger")


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
