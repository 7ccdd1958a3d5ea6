"""What the model picker shows of a catalogue, whole or searched."""

import random

import pytest

from chatapp.catalog.choices import Catalog, Group, ModelChoice
from chatapp.errors import ProviderError
from chatapp.ui.state.model_lines import model_lines
from chatapp.ui.state.views import ModelOption
from chatapp.words import LOOKING_FOR_MODELS, NO_MODEL_FOUND, NO_MODELS_YET, words_of

MOST = 500
DOWN = ProviderError("unreachable", endpoint="D")


def group(name: str, *models: str, error: ProviderError | None = None, is_pending: bool = False) -> Group:
    return Group(name, tuple(ModelChoice(f"{name}/{model}", model) for model in models), error, is_pending)


def shown(search: str, *groups: Group, most: int = MOST) -> list[ModelOption]:
    return model_lines(Catalog(groups, only_demo=False), search, most)[0]


def names(search: str, *groups: Group) -> list[str]:
    return [line.name for line in shown(search, *groups) if line.key]


def test_each_endpoint_has_its_name_above_its_first_line() -> None:
    assert shown("", group("A", "x", "y"), group("B", "z", error=DOWN)) == [
        ModelOption("A/x", "x", heading="A"),
        ModelOption("A/y", "y"),
        ModelOption("B/z", "z", heading="B"),
        ModelOption(error=words_of(DOWN)),
    ]


def test_an_endpoint_that_shows_no_model_says_why_under_its_name() -> None:
    lines = shown("", group("A", "x"), group("B"), group("C", is_pending=True), group("D", error=DOWN))
    assert lines[1:] == [
        ModelOption(heading="B", note=NO_MODELS_YET),
        ModelOption(heading="C", note=LOOKING_FOR_MODELS),
        ModelOption(heading="D", error=words_of(DOWN)),
    ]


def test_where_there_is_no_model_at_all_the_last_line_says_what_to_set() -> None:
    assert "CHATAPP_DEFAULT_MODEL" in shown("", group("B"), group("D", error=DOWN))[-1].note
    assert "CHATAPP_DEFAULT_MODEL" not in str(shown("", group("B"), group("C", is_pending=True)))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("sonnet", ["anthropic/Claude-Sonnet-4"]),
        ("CLAUDE", ["anthropic/Claude-Sonnet-4"]),
        ("  4   claude ", ["anthropic/Claude-Sonnet-4"]),
        ("router gpt", ["gpt-4o-mini", "gpt-4o"]),
        ("local", ["gpt-4o"]),
        ("sonnet gpt", []),
        ("*", []),
    ],
)
def test_a_search_finds_every_word_anywhere_in_the_names_of_model_and_endpoint(search: str, found: list[str]) -> None:
    router = group("Router", "gpt-4o-mini", "anthropic/Claude-Sonnet-4", "gpt-4o")
    assert names(search, router, group("Local", "gpt-4o")) == found


def test_a_model_that_is_called_just_so_comes_first() -> None:
    assert names("gpt-4o", group("A", "gpt-4o-mini", "gpt-4o"), group("B", "gpt-4o")) == [
        "gpt-4o",
        "gpt-4o",
        "gpt-4o-mini",
    ]


def test_a_search_without_a_find_says_so_and_nothing_of_what_is_down() -> None:
    assert shown("nothing", group("A", "x", error=DOWN)) == [ModelOption(note=NO_MODEL_FOUND)]


def test_of_many_models_some_are_shown_and_each_is_found_by_its_name() -> None:
    models = [f"maker-{number % 7}/model-{number}" for number in range(5_000)]
    found = Catalog((group("A", *models), group("B", error=DOWN)), only_demo=False)
    lines, more = model_lines(found, "", MOST)
    assert [line.name for line in lines if line.key] == models[:MOST]
    assert more == 5_000 - MOST
    assert lines[-1] == ModelOption(heading="B", error=words_of(DOWN))
    lines, more = model_lines(found, "", MOST, f"A/{models[4_000]}")
    assert [line.name for line in lines if line.key] == [*models[:MOST], models[4_000]]
    assert more == 4_999 - MOST
    for name in random.Random(15).sample(models, 50):
        assert model_lines(found, name, MOST)[0][0].name == name
