"""The message box. What is typed belongs to the browser until it is sent; the server only ever hears of it as a draft.

It is never emptied by the page: a new `key`, which comes once the question is stored, makes a new box. Whoever types
while a page or another conversation is still being opened types in the box that stays, and what is sent then goes when
that has opened.
"""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex_base.vars import VarData

from chatapp import words
from chatapp.ui.components.controls import COMPOSER_ID, ESCAPE, TO_COMPOSER, TOAST
from chatapp.ui.components.in_browser import function
from chatapp.ui.components.message_list import LATEST_ID
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import KEY_AT, ConversationState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.person import PersonState
from chatapp.ui.state.waits import WaitState
from chatapp.web.page_errors import ErrorState

DRAFT_DELAY_MS = 500

# Focus opens the keyboard on a phone, over what the reader came to see. Pages are also rendered without a window.
HAS_POINTER = rx.Var("(globalThis.matchMedia?.('(hover: hover)').matches ?? false)").to(bool)

# A new box takes the focus, but not from the offer to undo what led here.
TAKES_FOCUS = HAS_POINTER & rx.Var(f"(!globalThis.document?.activeElement?.closest('.{TOAST}'))").to(bool)

# A phone, whose keyboard has no Shift-Enter: there Enter breaks the line and the button sends. With a mouse or trackpad
# comes a keyboard.
IS_PHONE = rx.Var(
    "(globalThis.matchMedia?.('(pointer: coarse)').matches && !globalThis.matchMedia('(any-pointer: fine)').matches)"
).to(bool)

# Whoever is typing elsewhere while the server restarts goes on there.
IS_UNFOCUSED = rx.Var("(globalThis.document?.activeElement === globalThis.document?.body)").to(bool)

# Each load of a page has its own. The state outlives the page, and tells by it whether it knows this page's box.
PAGE_LOAD_ID = rx.Var("String(globalThis.performance?.timeOrigin ?? 0)").to(str)
IS_KNOWN_LOAD = ConversationState.page_load_id == PAGE_LOAD_ID

# Where the page is by now, which the server learns a moment later: until then a box of its own stands there. The send
# that makes a conversation is ahead of the address instead, and keeps its box while the page goes there.
_PARAMETERS = VarData(imports={"react-router": "useParams"}, hooks={"const routeParameters = useParams()": None})
ADDRESS = rx.Var("(routeParameters.requested_id ?? '')", _var_data=_PARAMETERS).to(str)
IS_THERE = (ConversationState.conversation_id == ADDRESS) | (ConversationState.opened_id == ADDRESS)
IS_KNOWN = IS_KNOWN_LOAD & IS_THERE
IS_ANSWERING = LiveState.message.is_active

# What is in the box now. A server that was restarted knows no box: the one that takes its place keeps the text.
_TYPED = VarData(imports={"$/utils/typed_text.js": ImportVar(tag="typedNow")})
TYPED = rx.Var(f"typedNow('{COMPOSER_ID}')", _var_data=_TYPED).to(str)
PLACE_CARET: rx.Var[Any] = function("placeCaret", "typed_text").partial(COMPOSER_ID)

# A reload, also that of a page that meets a newer version of itself, keeps what is in the box.
_KEEP = VarData(imports={"$/utils/typed_text.js": ImportVar(tag="keepAcrossReload")})
KEEP_TYPED: rx.Var[Any] = rx.Var(f"(() => keepAcrossReload('{COMPOSER_ID}'))", _var_data=_KEEP)

# Sending too early leaves a note at the form. Whoever typed on has not finished: then it is for them to send.
_BOX = f"const box = document.getElementById('{COMPOSER_ID}'); if (!box) return; const noted = box.form.dataset"
NOTE_EARLY: rx.Var[Any] = rx.Var(f"(() => {{ {_BOX}; noted.early = box.value }})")
SEND_NOTED: rx.Var[Any] = rx.Var(
    f"(() => {{ {_BOX}, early = noted.early; delete noted.early; if (early === box.value) box.form.requestSubmit() }})"
)

# What went into a connection that is dead without the page knowing is sent again on the next one.
NOTE_SENT = function("noteSent", "sent_question")
FORGET_SENT = function("forgetSent", "sent_question")
SEND_AGAIN = function("sendAgain", "sent_question")


def composer() -> rx.Component:
    """The form: the box, what names the question, and the one button."""
    return rx.el.form(
        composer_box(
            key=rx.cond(IS_KNOWN, ConversationState.composer_key, rx.cond(IS_KNOWN_LOAD, KEY_AT + ADDRESS, "")),
            draft=rx.cond(IS_KNOWN, ConversationState.draft, rx.cond(IS_KNOWN_LOAD, "", TYPED)),
        ),
        rx.cond(IS_KNOWN, known_box(), rx.cond(IS_KNOWN_LOAD, rx.fragment(), unknown_box())),
        rx.el.input(type="hidden", name="client_message_id", value=ConversationState.client_message_id, read_only=True),
        rx.cond(IS_ANSWERING, send_later()),
        send_or_stop(),
        rx.cond(ErrorState.error != "", refused()),
        connections(),
        # To the end of the conversation, where the scroller stays: the question comes there in a moment.
        on_submit=lambda form: [
            rx.cond(_is_shown_next(form), rx.scroll_to(LATEST_ID, align_to_top=False), rx.noop()),
            rx.cond(_can_be_sent(form), rx.call_function(NOTE_SENT.partial(*_question_in(form))), rx.noop()),
            _send(form),
        ],
        method="dialog",  # before our scripts run, nothing is sent, and no question gets into an address
        aria_label=words.MESSAGE,
        class_name="composer",
    )


@rx.memo
def unknown_box() -> rx.Component:
    """Nothing to see: makes the page's box known, as often as it is not.

    The box also keeps its text when the page is loaded anew, and gets the focus: one that came with the page's HTML is
    not focused by `auto_focus`.
    """
    focus = rx.cond(HAS_POINTER & IS_UNFOCUSED, rx.set_focus(COMPOSER_ID), rx.noop())
    return rx.el.span(hidden=True, on_mount=[rx.call_function(KEEP_TYPED), focus, ComposerState.begin(PAGE_LOAD_ID)])


@rx.memo
def known_box() -> rx.Component:
    """Nothing to see: sends what waited until the page's box was known, and keeps what was typed before."""
    was_typed_in = (TYPED != "") & (ConversationState.draft != TYPED)
    keep = rx.cond(was_typed_in, _save_draft(TYPED), rx.noop())
    return rx.el.span(hidden=True, on_mount=[rx.call_function(SEND_NOTED), rx.call_function(SEND_AGAIN), keep])


@rx.memo
def refused() -> rx.Component:
    """Nothing to see: has the page not send again by itself what was refused."""
    return rx.el.span(hidden=True, on_mount=rx.call_function(FORGET_SENT))


@rx.memo
def connections() -> rx.Component:
    """Nothing to see: something new on each connection."""
    return connection(key=WaitState.server_time)


@rx.memo
def connection() -> rx.Component:
    """Nothing to see: sends again what got lost with the connection before."""
    return rx.el.span(hidden=True, on_mount=rx.cond(IS_KNOWN, rx.call_function(SEND_AGAIN), rx.noop()))


@rx.memo
def composer_box(draft: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """The text box, as a component of its own: a form sends a box that it knows by its id twice.

    A draft that comes later shows in a box that nobody has typed in, and in no other.
    """
    return rx.el.textarea(
        rest,
        id=COMPOSER_ID,
        name="text",
        default_value=draft,
        placeholder=words.ASK_ANYTHING,
        aria_label=words.MESSAGE,
        dir="auto",
        rows=1,
        auto_focus=TAKES_FOCUS,
        aria_keyshortcuts="Shift+Escape",
        auto_height=True,
        enter_key_submit=~IS_PHONE,
        on_change=_save_draft,
        on_mount=rx.call_function(PLACE_CARET),
        data_testid="composer",
        class_name="composer-box",
    )


def send_or_stop() -> rx.Component:
    """Send, or stop while an answer is written: one button that keeps the focus when it turns from one into the other.

    Enter in the box submits too, except on a phone, at any time: while an answer is written the message waits for its
    end.
    """
    active = IS_ANSWERING
    name = rx.cond(active, words.STOP, words.SEND)
    return rx.el.button(
        rx.cond(active, rx.icon("square", size=14, aria_hidden=True), rx.icon("arrow-up", size=18, aria_hidden=True)),
        type=rx.cond(active, "button", "submit"),
        aria_label=name,
        title=name,
        on_click=rx.cond(active, ComposerState.stop(), rx.noop()),
        aria_keyshortcuts=rx.cond(active, ESCAPE, ""),
        data_testid=rx.cond(active, "stop", "send"),
        class_name=rx.cond(active, "icon-button press stop", "icon-button press send"),
    )


def send_later() -> rx.Component:
    """A button of its own while the other one stops. The stylesheet shows it when there is something in the box."""
    return rx.el.button(
        rx.icon("arrow-up", size=18, aria_hidden=True),
        type="submit",
        aria_label=words.SEND,
        title=words.SEND,
        data_focus_next=TO_COMPOSER,
        data_testid="send",
        class_name="icon-button press send later",
    )


# Both are judged in the page, because a frame over 1 MB would close the connection.
def _send(form: rx.Var[dict[str, Any]]) -> Any:
    # Until the box is known the state may show what the tab showed before: the question would go there.
    send = rx.cond(IS_KNOWN, ComposerState.send(form), rx.call_function(NOTE_EARLY))
    return rx.cond(is_too_long(_text_in(form)), ComposerState.too_long(), send)


def _is_shown_next(form: rx.Var[dict[str, Any]]) -> rx.Var[bool]:
    return _can_be_sent(form) & ~(IS_ANSWERING | (ConversationState.queued.length() > 0))


def _can_be_sent(form: rx.Var[dict[str, Any]]) -> rx.Var[bool]:
    text = _text_in(form)
    return IS_KNOWN & ~is_too_long(text) & (text.strip() != "")


def _question_in(form: rx.Var[dict[str, Any]]) -> tuple[rx.Var[str], rx.Var[str]]:
    """The text, and the name by which it counts once."""
    return _text_in(form), form.to(dict)["client_message_id"].to(str)


def _text_in(form: rx.Var[dict[str, Any]]) -> rx.Var[str]:
    return form.to(dict)["text"].to(str)


def _save_draft(text: rx.Var[str]) -> Any:
    return rx.cond(
        is_too_long(text) | ~IS_KNOWN,
        rx.noop(),
        ComposerState.save_draft(text, ConversationState.client_message_id, ConversationState.conversation_id).debounce(
            DRAFT_DELAY_MS
        ),
    )


def is_too_long(text: rx.Var[str]) -> rx.Var[bool]:
    """Whether a message of this text is refused."""
    return text.length() > PersonState.max_characters
