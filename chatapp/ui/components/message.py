"""A finished message: the question in a bubble, the answer as text, and below it what can be done with it."""

import reflex as rx

from chatapp.ui.components import message_actions as actions
from chatapp.ui.components.markdown import markdown
from chatapp.ui.components.message_status import note_line, status_lines
from chatapp.ui.components.reasoning import reasoning
from chatapp.ui.components.source_list import source_list


@rx.memo
def message_row(
    message_id: rx.Var[str],
    role: rx.Var[str],
    text: rx.Var[str],
    status: rx.Var[str],
    raw: rx.Var[str],
    error: rx.Var[str],
    note: rx.Var[str],
    sources: rx.Var[str],
    version: rx.Var[int],
    versions: rx.Var[int],
    previous_id: rx.Var[str],
    next_id: rx.Var[str],
    has_reasoning: rx.Var[bool],
    can_continue: rx.Var[bool],
    rest: rx.RestProp,
) -> rx.Component:
    """One message of plain values, so that React can tell that nothing about it changed."""
    stored = rx.cond(raw != "", raw, text).to(str)
    return rx.el.article(
        rest,
        rx.el.h2(rx.cond(role == "user", "You said", "Answer"), class_name="visually-hidden"),
        rx.cond(role == "user", _question(text), _answer(message_id, text, has_reasoning)),
        status_lines(message_id, status, error),
        source_list(sources),
        note_line(note),
        actions.bar(
            rx.cond(text != "", actions.copy(stored)),
            rx.cond(role == "assistant", actions.answer_actions(message_id, status, can_continue)),
            actions.versions(version, versions, previous_id, next_id),
        ),
        aria_label=rx.cond(role == "user", "You", "Answer"),
        data_testid="message",
        data_role=role,
        data_status=status,
        data_message_id=message_id,
        class_name="message",
    )


def _question(text: rx.Var[str]) -> rx.Component:
    # Plain text: markdown would swallow what people type, such as the asterisks and indents of their code.
    return rx.el.div(text, dir="auto", data_testid="message-body", class_name="bubble")


def _answer(message_id: rx.Var[str], text: rx.Var[str], has_reasoning: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        rx.cond(has_reasoning, reasoning(message_id=message_id)),
        rx.el.div(markdown(text), dir="auto", data_testid="message-body", class_name="answer"),
    )
