"""The list of conversations: beside the messages on a wide screen, a drawer over them on a phone."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import ESCAPE, SMALL_ICON_PIXELS, Near, icon_button, page_link
from chatapp.ui.components.conversation_item import LIST_ID, conversation_item
from chatapp.ui.components.in_browser import CLOSE_DRAWER, FOLLOW_LINKS, TOGGLE_SIDEBAR
from chatapp.ui.components.selection import ON_SELECT, select_button, selection_bar
from chatapp.ui.components.trash_item import trash_item
from chatapp.ui.components.user_menu import user_menu
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.older_rows import SLOTS, OlderRowsState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.shelves import ShelfActions
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.views import ConversationRow

PAGES = rx.Var.create([SidebarState.rows, *(getattr(OlderRowsState, slot) for slot in SLOTS)]).to(
    list[list[ConversationRow]]
)
IS_CHATS, IS_TRASH = SidebarState.shelf == "chats", SidebarState.shelf == "trash"
SKELETON_WIDTHS = ("72%", "54%", "63%", "48%", "68%")


def sidebar() -> rx.Component:
    """The list with what stands above and below it, and what darkens the page behind the drawer."""
    return rx.fragment(
        rx.el.nav(
            _head(),
            selection_bar(),
            _list(),
            user_menu(),
            id=LIST_ID,
            tab_index=-1,
            aria_label=words.CHATS,
            data_testid="sidebar",
            data_focus_next=".show-sidebar; .open-drawer",
            class_name="sidebar",
            custom_attrs={"onClickCapture": FOLLOW_LINKS},
        ),
        rx.el.div(on_click=CLOSE_DRAWER, aria_hidden=True, class_name="backdrop"),
    )


def _head() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            page_link(words.APP, to="/", class_name="brand"),
            select_button(),
            icon_button(
                "panel-left",
                words.HIDE_CHATS_KEYS,
                on_click=TOGGLE_SIDEBAR,
                aria_keyshortcuts="Control+Shift+S",
                class_name="hide-sidebar",
            ),
            icon_button(
                "x",
                words.CLOSE_CHATS,
                on_click=CLOSE_DRAWER,
                aria_keyshortcuts=ESCAPE,
                class_name="close-drawer",
            ),
            class_name="sidebar-head",
        ),
        page_link(
            rx.icon("square-pen", size=16, aria_hidden=True),
            words.NEW_CHAT,
            to="/",
            title=words.NEW_CHAT_KEYS,
            aria_keyshortcuts="Control+Shift+O",
            data_testid="new-chat",
            class_name="sidebar-row new-chat",
        ),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.cond(IS_CHATS, None, _shelf_head()), role="status"),
        rx.foreach(PAGES, _page),
        rx.cond(
            SidebarState.loaded,
            rx.cond(SidebarState.rows.length() == 0, rx.el.p(_nothing(), class_name="nothing")),
            _skeleton(),
        ),
        rx.cond(SidebarState.has_more, _more()),
        class_name="sidebar-list",
        custom_attrs={"onClick": ON_SELECT},
    )


def _more() -> rx.Component:
    """Older chats come when the end of the list is near, or by the button."""
    return rx.fragment(
        rx.el.button(
            words.SHOW_MORE,
            type="button",
            on_click=ConversationActions.load_more,
            key=SidebarState.limit,  # another button for other rows: the focus goes on to the first of them
            data_focus_next=".sidebar-list ul:last-of-type li:first-child .conversation-link",
            class_name="text-button show-more",
        ),
        Near.create(key=SidebarState.limit, on_animation_start=ConversationActions.load_more, class_name="near-more"),
    )


def _shelf_head() -> rx.Component:
    """What archive and trash are, and the way out of them."""
    return rx.el.div(
        rx.el.button(
            rx.icon("arrow-left", size=SMALL_ICON_PIXELS, aria_hidden=True),
            words.BACK_TO_CHATS,
            type="button",
            on_click=ShelfActions.open_shelf("chats"),
            data_testid="back-to-chats",
            data_focus_next="[data-testid='user-menu']",
            class_name="sidebar-row",
        ),
        rx.el.h2(rx.cond(IS_TRASH, words.TRASH, words.ARCHIVED_CHATS)),
        rx.el.p(rx.cond(IS_TRASH, PersonState.trash_note, words.ARCHIVE_NOTE)),
        class_name="shelf-head",
    )


def _nothing() -> rx.Var[str]:
    said = rx.cond(IS_TRASH, words.TRASH_EMPTY, words.NOTHING_ARCHIVED)
    return rx.cond(IS_CHATS, words.NO_CHATS_YET, said)


def _page(rows: rx.Var[list[ConversationRow]]) -> rx.Component:
    return row_page(
        rows=rows,
        shelf=SidebarState.shelf,
        current_id=SidebarState.current_id,
        running_ids=SidebarState.running_ids,
        unread_ids=SidebarState.unread_ids,
        renamed=SidebarState.renamed,
    )


@rx.memo
def row_page(
    rows: rx.Var[list[ConversationRow]],
    shelf: rx.Var[str],
    current_id: rx.Var[str],
    running_ids: rx.Var[list[str]],
    unread_ids: rx.Var[list[str]],
    renamed: rx.Var[list[str]],
) -> rx.Component:
    """Some of the list. A memo: only pages in which something differs look at their rows again."""

    def row(one: rx.Var[ConversationRow]) -> rx.Component:
        return rx.cond(
            shelf == "trash",
            trash_item(key=one.id, conversation_id=one.id, title=one.title, heading=one.heading),
            conversation_item(
                key=one.id,
                conversation_id=one.id,
                title=one.title,
                heading=one.heading,
                is_pinned=one.is_pinned,
                is_archived=shelf == "archive",
                is_current=one.id == current_id,
                is_running=running_ids.contains(one.id),
                is_unread=unread_ids.contains(one.id),
                renamed=renamed,
            ),
        )

    return rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, row)))


def _skeleton() -> rx.Component:
    bars = (rx.el.span(class_name="skeleton-bar", style={"width": width}) for width in SKELETON_WIDTHS)
    return rx.el.div(*bars, aria_hidden=True, class_name="skeleton")
