"""A message: the question in a bubble, the answer as text, and below it what is said of it and can be done with it."""

from typing import Any

import reflex as rx

from chatapp import words
from chatapp.ui.components import message_actions as actions
from chatapp.ui.components.facts import facts, facts_button
from chatapp.ui.components.markdown import markdown
from chatapp.ui.components.message_status import later_line, note_line, status_lines
from chatapp.ui.components.rating import rating_note
from chatapp.ui.components.reasoning import reasoning
from chatapp.ui.components.source_list import source_list
from chatapp.ui.state.message_view import MessageView


@rx.memo
def message_row(message: rx.Var[MessageView], rest: rx.RestProp) -> rx.Component:
    """A finished message. The page keeps the object while nothing in it changes, and then does not render it again."""
    stored = rx.cond(message.raw != "", message.raw, message.text).to(str)
    return message_article(
        message,
        rx.cond(message.role == "user", _question(message), _answer(message)),
        actions.bar(
            rx.cond(message.text != "", actions.copy(stored)),
            rx.cond(message.role == "assistant", actions.answer_actions(message)),
            actions.versions(message),
            rx.cond((message.role == "assistant") & (message.text != ""), actions.read_aloud(message_id=message.id)),
            facts_button(message_id=message.id),
        ),
        rest,
    )


def message_article(
    message: rx.Var[MessageView], body: rx.Component, bar: rx.Component, *attributes: Any
) -> rx.Component:
    """What a finished row and the live row have in common. `body` is the text, `bar` what can be done with it."""
    is_question = message.role == "user"
    return rx.el.article(
        *attributes,
        rx.el.h2(rx.cond(is_question, words.YOU_SAID, words.ANSWER), class_name="visually-hidden"),
        body,
        status_lines(message),
        source_list(message.sources),
        later_line(message),
        note_line(message.note),
        bar,
        facts(message_id=message.id),
        rx.cond(message.rating != 0, rating_note(message_id=message.id, rating=message.rating)),
        aria_label=rx.cond(is_question, words.YOU, words.ANSWER),
        data_testid="message",
        data_role=message.role,
        data_status=message.status,
        data_message_id=message.id,
        data_focus_next="[data-message-id='" + message.id + "']; .message:last-child",  # of another version the last
        class_name="message",
    )


def reasoning_of(message: rx.Var[MessageView]) -> rx.Component:
    """What can be unfolded above an answer that was thought about."""
    return rx.cond(message.has_reasoning, reasoning(message_id=message.id, seconds=message.thought_seconds))


def _question(message: rx.Var[MessageView]) -> rx.Component:
    # Plain text: markdown would swallow what people type, such as the asterisks and indents of their code.
    return rx.el.div(message.text, dir="auto", data_testid="message-body", class_name="bubble")


def _answer(message: rx.Var[MessageView]) -> rx.Component:
    return rx.fragment(
        reasoning_of(message),
        rx.el.div(markdown(message.text), dir="auto", data_testid="message-body", class_name="answer"),
    )
