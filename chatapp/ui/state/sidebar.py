"""The list of a person's conversations in one tab. What is done from it stands in conversation_actions.py."""

import reflex as rx

from chatapp.ui.state.row_pages import PAGE_ROWS
from chatapp.ui.state.views import ConversationRow


class SidebarState(rx.State):
    """`running_ids` and `unread_ids` are small on purpose: they change often, the rows do not.

    `rows` are the first page of them, see older_rows.py for the others; `limit` is how many there may be in all.
    `shelf` is what is listed, see conversations.order. `renamed` names the new titles that were dealt with last, kept
    or refused.
    """

    shelf: str = "chats"
    rows: list[ConversationRow] = []
    running_ids: list[str] = []
    unread_ids: list[str] = []
    current_id: str = ""
    loaded: bool = False
    has_more: bool = False
    limit: int = PAGE_ROWS
    renamed: list[str] = []
