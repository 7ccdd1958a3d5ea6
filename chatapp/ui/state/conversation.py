"""The open conversation as a tab shows it. What is done with it stands in composer.py and messages.py."""

import reflex as rx

from chatapp.ui.state.message_view import MessageView
from chatapp.ui.state.queued_rows import QueuedRow

KEY_AT = "at "
"""With the address behind it, the key of a box that somebody came to within the app. The page knows it by itself."""


class ConversationState(rx.State):
    """`conversation_id` is "" while it is a new one; `opened_id` is what the address named when it was last opened.
    The shown rows are earlier, from its end, + older + middle + recent, see screen.py. `queued` waits to be sent, and
    while `is_paused` it waits for somebody to let it go on.

    `is_unread` says that its last answer has been on no screen yet, as far as the server was told.

    `client_message_id` names the next question, so that sending it twice stores it once. `composer_key` is the identity
    of the message box: a new key is a new, empty box. It counts for one load of the page, `page_load_id`: the box that
    a page is loaded with has none, and is kept whatever the tab showed before, because somebody may be typing in it.
    `_unattached_load_id` is the load of a page whose box is not attached to a conversation yet.

    `_begun_id` is a conversation that was begun in this tab and whose address it has not reached, `_begun_on` the
    websocket on which that was.
    """

    conversation_id: str = ""
    opened_id: str = ""
    title: str = ""
    model: str = ""
    earlier: list[MessageView] = []
    older: list[MessageView] = []
    middle: list[MessageView] = []
    recent: list[MessageView] = []
    has_older: bool = False
    loading: bool = True
    is_empty: bool = False
    queued: list[QueuedRow] = []
    is_paused: bool = False
    not_found: bool = False
    is_unread: bool = False
    announcement: str = ""
    client_message_id: str = ""
    composer_key: str = ""
    page_load_id: str = ""
    draft: str = ""

    _unattached_load_id: str = ""
    _begun_id: str = ""
    _begun_on: str = ""
