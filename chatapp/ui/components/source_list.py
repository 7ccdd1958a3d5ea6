"""What an answer refers to: numbered links below it."""

import reflex as rx

from chatapp import words
from chatapp.ui.components.markdown import markdown


def source_list(sources: rx.Var[str]) -> rx.Component:
    """`sources` is a list in markdown, whose renderer decides which links are harmless; nothing for ""."""
    return rx.cond(
        sources != "",
        rx.el.section(markdown(sources), aria_label=words.SOURCES, data_testid="sources", class_name="sources"),
    )
