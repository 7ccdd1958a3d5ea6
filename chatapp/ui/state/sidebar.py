"""The list of a person's conversations in one tab. What is done from it stands in conversation_actions.py."""

import reflex as rx

from chatapp.ui.state.views import ConversationRow
from chatapp.web.arguments import Key
from chatapp.web.handlers import handler

PAGE_ROWS = 50


class SidebarState(rx.State):
    """`running_ids` and `unread_ids` are small on purpose: they change often, the rows do not."""

    rows: list[ConversationRow] = []
    running_ids: list[str] = []
    unread_ids: list[str] = []
    current_id: str = ""
    loaded: bool = False
    has_more: bool = False
    limit: int = PAGE_ROWS
    renaming_id: str = ""
    deleted_id: str = ""
    deleted_title: str = ""
    drawer_open: bool = False
    hidden: bool = False

    _deleted_open: bool = False

    @handler
    def start_rename(self, conversation_id: Key) -> None:
        """Turn a row into a box; "" turns it back."""
        self.renaming_id = conversation_id

    @handler
    def set_drawer(self, is_open: bool) -> None:
        """Open or close the list on a phone."""
        self.drawer_open = is_open

    @handler
    def toggle_hidden(self) -> None:
        """Show or hide the list on a wide screen."""
        self.hidden = not self.hidden
