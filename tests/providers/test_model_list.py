"""What can be used of a list of models is, whatever shape the rest has; windows are in test_listed_window."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from chatapp.providers.base import ModelInfo
from chatapp.providers.model_list import MODELS_MAX, read_model_list, write_model_list


def listed(answer: object) -> list[ModelInfo]:
    return read_model_list(json.dumps(answer).encode())


def names(answer: object) -> list[str]:
    return [model.id for model in listed(answer)]


def read(*models: dict[str, Any]) -> list[ModelInfo]:
    return listed({"object": "list", "data": models})


def test_a_model_comes_with_the_window_that_the_server_says_where_it_says_one() -> None:
    assert read({"id": "m", "max_model_len": 4096}, {"id": "n"}) == [ModelInfo("m", 4096), ModelInfo("n")]


@pytest.mark.parametrize(
    "entry",
    [
        *(None, 7, "", " ", [], {}, {"id": ""}, {"id": 7}, {"id": None, "name": "x"}, {"id": "a\nb"}, {"id": "\ud800"}),
        *("*", "openai/*", {"id": "openai/gpt-*"}, {"id": "x" * 201}),
    ],
)
def test_an_entry_that_names_no_model_hides_none_of_the_others(entry: object) -> None:
    for entries in ([{"id": "good"}, entry, "good too"], [entry, {"id": "good"}, {"id": "good too"}]):
        for listed in (entries, {"data": entries}, {"models": entries}):
            assert names(listed) == ["good", "good too"]


@pytest.mark.parametrize("entry", ["m", {"id": "m"}, {"name": "m"}, {"model": "m", "name": "M"}])
@pytest.mark.parametrize("around", [lambda one: [one], lambda one: {"data": [one]}, lambda one: {"models": [one]}])
def test_a_list_is_read_in_each_shape_it_comes_in(entry: object, around: Callable[[object], object]) -> None:
    assert names(around(entry)) == ["m"]


def test_a_list_by_name_keeps_what_is_said_of_each() -> None:
    assert listed({"data": {"a": {"context_length": 4096}, "b": None}}) == [ModelInfo("a", 4096), ModelInfo("b")]


def test_a_name_that_comes_twice_is_taken_once_where_it_comes_first() -> None:
    assert names([{"id": "b"}, "a", {"id": "a"}, "b"]) == ["b", "a"]


def test_random_lists_bring_each_good_name_once_and_in_order() -> None:
    rng = random.Random(12)
    odd: list[object] = [None, "*", "x/*", {"id": ""}, 3, {"object": "model"}, [], True]
    for _ in range(300):
        good = [f"maker/model-{rng.randrange(30)}" for _ in range(rng.randrange(1, 20))]
        entries: list[object] = [rng.choice([name, {"id": name}, {"name": name}]) for name in good]
        for one in rng.choices(odd, k=rng.randrange(8)):
            entries.insert(rng.randrange(len(entries) + 1), one)
        assert names(rng.choice([entries, {"data": entries}, {"models": entries}])) == list(dict.fromkeys(good))


def test_so_many_models_are_taken_and_no_more() -> None:
    assert len(names([f"m{number}" for number in range(MODELS_MAX + 10)])) == MODELS_MAX


def test_a_list_that_is_written_is_read_as_it_was() -> None:
    models = [ModelInfo("a/b", 4096), ModelInfo("模型")]
    assert read_model_list(write_model_list(models)) == models


@pytest.mark.parametrize("body", [b"[]", b'{"data": []}', b'{"data": null}', b'{"models": []}', b'{"data": {}}'])
def test_an_empty_list_is_a_list(body: bytes) -> None:
    assert read_model_list(body) == []


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"null", b"7", b'"x"', b"{}", b'{"error": {}}', b'{"data": "x"}', b'{"data": [1]}', b"\xff"),
        b"[" * 99_999,
    ],
)
def test_anything_else_is_no_model_list(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_model_list(body)
