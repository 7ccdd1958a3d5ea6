"""Each kind of server says its models' windows in its own words."""

import json
from typing import Any

import pytest

from chatapp.providers.base import ModelInfo
from chatapp.providers.model_list import read_model_list


def read(*models: dict[str, Any]) -> list[ModelInfo]:
    return read_model_list(json.dumps({"object": "list", "data": models}).encode())


@pytest.mark.parametrize(
    "model",
    [
        {"id": "m", "max_model_len": 4096},
        {"id": "m", "context_length": 4096},
        {"id": "m", "meta": {"n_ctx_train": 4096}},
        {"id": "m", "meta": {"n_ctx": 4096, "n_ctx_train": 131072}},
        {"id": "m", "max_context_length": 131072, "loaded_context_length": 4096},
    ],
)
def test_the_window_is_found_where_the_server_puts_it(model: dict[str, Any]) -> None:
    assert read(model) == [ModelInfo("m", 4096)]


@pytest.mark.parametrize("value", [None, "4096", 0, -1, True, 1.5, []])
def test_a_window_that_is_no_number_is_unknown(value: object) -> None:
    assert read({"id": "m", "max_model_len": value, "meta": value}) == [ModelInfo("m")]


def test_ollama_without_models_lists_none() -> None:
    assert read_model_list(b'{"object": "list", "data": null}') == []


def test_models_without_a_name_are_left_out() -> None:
    assert read({"id": ""}, {"name": "x"}, {"id": 7}, {"id": "m"}) == [ModelInfo("m")]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'{"models": []}', b'{"data": "x"}', b'{"data": [1]}', b"\xff", b"[" * 99_999],
)
def test_anything_else_is_no_model_list(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_model_list(body)
