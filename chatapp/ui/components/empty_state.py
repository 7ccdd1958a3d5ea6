"""What a new conversation shows around its message box: a greeting above, example questions below."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.controls import TO_COMPOSER
from chatapp.ui.components.markdown import prewarm_renderer
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.conversation import ConversationState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.person import PersonState

# Each holds a word that the demo model answers to (table, code, maths, count), so they work before any model is set up.
EXAMPLES = (
    ("table", words.EXAMPLE_TABLE),
    ("code", words.EXAMPLE_CODE),
    ("sigma", words.EXAMPLE_MATHS),
    ("list-ordered", words.EXAMPLE_COUNT),
)


def greeting() -> rx.Component:
    """A word of welcome by name, and behind it, once the page can be used, what the first answer will need."""
    name = PersonState.username
    return rx.cond(
        ConversationState.is_empty,
        rx.fragment(
            rx.el.h1(
                rx.cond(name != "", words.HELLO_NAME.format(username=name), words.HELLO),
                class_name="greeting",
            ),
            rx.cond(ConversationState.page_load_id != "", prewarm_renderer()),
        ),
    )


def examples() -> rx.Component:
    """Four questions to press; the place is kept while there is a conversation, so that nothing moves or remounts."""
    return rx.cond(
        ConversationState.is_empty,
        rx.el.div(
            rx.el.ul(
                *(_example(icon, text) for icon, text in EXAMPLES), aria_label=words.EXAMPLES, class_name="examples"
            ),
            notice(),
            data_focus_next=TO_COMPOSER,
            class_name="below-composer",
        ),
    )


def notice() -> rx.Component:
    """One quiet line while only the demo model is there; where there is no model at all, why."""
    return rx.cond(
        PersonState.only_demo,
        rx.el.p(
            *(rx.el.code(part) if at % 2 else part for at, part in enumerate(words.DEMO_MODEL.split("`"))),
            class_name="quiet-line",
        ),
        rx.cond(
            ModelsState.advice != "",
            rx.el.p(ModelsState.advice, data_testid="error", class_name="quiet-line error-words"),
        ),
    )


def _example(icon: str, text: str) -> rx.Component:
    button = rx.el.button(
        rx.icon(icon, size=16, aria_hidden=True),
        rx.el.span(text),
        type="button",
        on_click=ComposerState.use_example(text),
        data_testid="example",
        class_name="example",
    )
    return rx.el.li(button)
