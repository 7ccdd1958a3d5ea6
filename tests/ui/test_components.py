"""The chat page as it is compiled, without a browser: promised names, and what its stylesheet rests on."""

import re
from pathlib import Path

import pytest

from chatapp.ui.components import layout
from chatapp.ui.components.empty_state import EXAMPLES
from chatapp.ui.pages.chat import chat

STYLESHEET = Path(__file__).parents[2] / "assets" / "chat.css"
RADIX_VARIABLE = re.compile(r"--(gray|accent|red|amber|black)-a?\d+|--color-background")


@pytest.fixture(scope="module")
def page() -> str:
    """The chat page's own elements; memo components are compiled by themselves and are not in it."""
    return str(chat().render())


@pytest.mark.parametrize(
    "test_id",
    ["sidebar", "new-chat", "user-menu", "theme", "logout", "model-picker", "messages", "send", "stop", "status"],
)
def test_elements_of_the_page_carry_the_promised_names(page: str, test_id: str) -> None:
    assert f'"{test_id}"' in page


def test_every_example_holds_a_word_that_the_demo_model_answers_to() -> None:
    texts = [text.lower() for _, text in EXAMPLES]
    assert all(re.search(r"\b(table|code|maths|count \d+)\b", text) for text in texts)


def test_the_stylesheet_uses_no_variable_that_nobody_sets() -> None:
    css = STYLESHEET.read_text()
    used = set(re.findall(r"var\((--[\w-]+)", css))
    own = set(re.findall(r"^\s*(--[\w-]+):", css, re.MULTILINE))
    unknown = {name for name in used - own - layout.VARIABLES.keys() if not RADIX_VARIABLE.fullmatch(name)}
    assert unknown == set()


def test_every_variable_set_for_the_stylesheet_is_used_in_it() -> None:
    used = set(re.findall(r"var\((--[\w-]+)", STYLESHEET.read_text()))
    assert layout.VARIABLES.keys() - used == set()
