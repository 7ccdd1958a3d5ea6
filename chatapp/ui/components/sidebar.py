"""The list of conversations: beside the messages on a wide screen, a drawer over them on a phone."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import ESCAPE, icon_button, page_link
from chatapp.ui.components.conversation_item import LIST_ID, conversation_item
from chatapp.ui.components.in_browser import CLOSE_DRAWER, FOLLOW_LINKS, TOGGLE_SIDEBAR
from chatapp.ui.components.user_menu import user_menu
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.sidebar import SidebarState
from chatapp.ui.state.views import ConversationRow

ROW = ".sidebar-list li"
SKELETON_WIDTHS = ("72%", "54%", "63%", "48%", "68%")


def sidebar() -> rx.Component:
    """The list with what stands above and below it, and what darkens the page behind the drawer."""
    return rx.fragment(
        rx.el.nav(
            _head(),
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
        rx.el.ul(rx.foreach(SidebarState.rows, _row)),
        rx.cond(
            SidebarState.loaded,
            rx.cond(SidebarState.rows.length() == 0, rx.el.p(words.NO_CHATS_YET, class_name="nothing")),
            _skeleton(),
        ),
        rx.cond(
            SidebarState.has_more,
            rx.el.button(
                words.SHOW_MORE,
                type="button",
                on_click=ConversationActions.load_more,
                key=SidebarState.rows.length(),  # another button for other rows: the focus goes on to the first of them
                data_focus_next=f"{ROW}:nth-child({SidebarState.rows.length() + 1}) .conversation-link",
                class_name="text-button show-more",
            ),
        ),
        class_name="sidebar-list",
    )


def _row(row: ConversationRow) -> rx.Component:
    return conversation_item(
        key=row.id,
        conversation_id=row.id,
        title=row.title,
        heading=row.heading,
        is_current=row.id == SidebarState.current_id,
        is_running=SidebarState.running_ids.contains(row.id),
        is_unread=SidebarState.unread_ids.contains(row.id),
        renamed=SidebarState.renamed,
    )


def _skeleton() -> rx.Component:
    bars = (rx.el.span(class_name="skeleton-bar", style={"width": width}) for width in SKELETON_WIDTHS)
    return rx.el.div(*bars, aria_hidden=True, class_name="skeleton")
