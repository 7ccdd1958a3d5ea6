"""Telling somebody who looks elsewhere that an answer has ended: `ui/javascript/answer_notice.js`."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import SMALL_ICON_PIXELS
from chatapp.ui.components.in_browser import function, hook


@rx.memo
def answer_notice(status: rx.Var[str], title: rx.Var[str]) -> rx.Component:
    """Nothing to see: watches the newest answer of the open chat by its status."""
    noticed = hook("useAnswerNotice", "answer_notice", status, title)
    return rx.el.span(hidden=True, custom_attrs={"data-notice": noticed})


@rx.memo
def notices_choice() -> rx.Component:
    """Whether the browser says it too. It asks the person itself, the first time."""
    choice = hook("useNotices", "answer_notice").to(str)
    button = rx.el.button(
        rx.icon("bell", size=SMALL_ICON_PIXELS, aria_hidden=True),
        rx.el.span(words.NOTIFY_ME, class_name="one-line"),
        rx.cond(choice == "on", rx.icon("check", size=SMALL_ICON_PIXELS, aria_hidden=True)),
        type="button",
        on_click=function("toggleNotices", "answer_notice"),
        aria_pressed=choice == "on",
        data_testid="notices",
        class_name="sidebar-row",
    )
    blocked = rx.el.p(words.NOTICES_BLOCKED, class_name="nothing")
    return rx.match(choice, ("", rx.fragment()), ("blocked", blocked), button)
