"""What the page says by itself: errors, the undo toast, the lost connection, words for screen readers."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from chatapp import words
from chatapp.ui.components.controls import SMALL_ICON_PIXELS, TO_COMPOSER, TOAST, icon_button
from chatapp.ui.components.waits import remaining
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.conversation_actions import ConversationActions
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.undo import UndoState
from chatapp.web.page_errors import ErrorState
from chatapp.web.restarting import RestartState


class RefusalNotice(rx.Component):
    """A line that gives way to the reason for which the server takes nothing from this page, if that is why."""

    library = "$/utils/refusal_notice.js"
    tag = "RefusalNotice"

    elsewhere: rx.Var[str]
    """Said where the pages have an address of their own, and nobody may tell them the reason."""


def composer_error() -> rx.Component:
    """What went wrong with the last thing that was done, until the next or until it is dismissed."""
    return rx.cond(
        ErrorState.error != "",
        rx.el.div(
            rx.el.span(ErrorState.error, rx.cond(ErrorState.opens_at > 0, _wait())),
            icon_button("x", words.DISMISS, size=SMALL_ICON_PIXELS, on_click=ErrorState.dismiss),
            role="alert",
            data_testid="error",
            data_focus_next=TO_COMPOSER,
            class_name=rx.cond(ErrorState.is_notice, "error-box notice", "error-box"),
        ),
    )


@rx.memo
def _wait() -> rx.Component:
    """When it can be done again, and what of the sentence follows that. A timer is not read out each second."""
    counted = rx.el.span(remaining(ErrorState.opens_at, before=words.IN, over=words.NOW), role="timer")
    return rx.fragment(counted, ErrorState.rest)


def model_server_away() -> rx.Component:
    """Says that the server of the chosen model is down, for as long as it is; not beside the words of an error."""
    notice = rx.el.div(ModelsState.away, data_testid="model-server-away", class_name="away-box")
    return _said(rx.cond((ModelsState.away != "") & (ErrorState.error == ""), notice))


class _Clock(rx.el.Span):
    """Nothing to see: its animation runs as long as the toast stays, and stands while somebody is at the button."""

    on_animation_end: rx.EventHandler[rx.event.no_args_event_spec]


def undo_toast() -> rx.Component:
    """Offers to bring back what was just taken away, and gets the focus from it: the button is the next stop."""
    back = UndoState.last_id
    toast = rx.el.div(
        rx.el.span(UndoState.said, class_name="one-line"),
        rx.el.button(
            words.UNDO,
            type="button",
            on_click=ConversationActions.undo,
            aria_keyshortcuts="Control+Z Meta+Z",
            title=words.UNDO_KEYS,
            data_testid="undo",
        ),
        _Clock.create(on_animation_end=ConversationActions.forget_undo(UndoState.key), class_name="clock"),
        key=UndoState.key,
        data_focus_next=f"[data-conversation-id='{back}']; [data-message-id='{back}']; " + TO_COMPOSER,
        class_name=TOAST,
    )
    return _said(rx.cond(UndoState.key != "", toast), class_name="toast-place")


def status_line() -> rx.Component:
    """What is read out of what one sees: an answer starts, ends or fails, another version or more is shown."""
    return rx.el.div(
        ConversationState.announcement,
        role="status",
        aria_live="polite",
        data_testid="status",
        class_name="visually-hidden",
    )


def global_notices() -> rx.Component:
    """What a page of any kind has to say when it cannot work."""
    return rx.fragment(connection_lost(), needs_javascript())


def connection_lost() -> rx.Component:
    """A slim bar for every page. The stylesheet shows it after two seconds, because most gaps are shorter, but at once
    where the server has said that it restarts."""
    is_planned = RestartState.restarting
    bar = RefusalNotice.create(
        rx.cond(is_planned, words.RESTARTING, words.RECONNECTING),
        elsewhere=words.REFUSED_ELSEWHERE,
        data_testid="connection-lost",
        class_name=rx.cond(is_planned, "connection-lost planned", "connection-lost"),
    )
    return _said(rx.cond(has_connection_errors | is_planned, bar))


def needs_javascript() -> rx.Component:
    """The only word of a page in a browser that runs no scripts."""
    return rx.el.noscript(words.NEEDS_JAVASCRIPT, class_name="needs-javascript")


def _said(content: rx.Component, **props: str) -> rx.Component:
    """Screen readers read out what appears in a region that was there before; one that comes with it is silent."""
    return rx.el.div(content, role="status", **props)
