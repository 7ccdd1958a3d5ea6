"""Understands the answer to `GET /v1/models`, in which each kind of server names models differently.

What can be used is taken and the rest is left out: one odd entry must not hide the good ones.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from chatapp.providers.base import ModelInfo
from chatapp.providers.listed_window import context_tokens

MODELS_MAX = 5_000
"""Models taken from one endpoint; the largest public router lists about 500."""

ID_MAX_CHARACTERS = 200
"""Longer ids are no names; with its endpoint's in front one still fits where models are stored."""

LISTS = ("data", "models")
"""Where the list is when it is not the whole answer: OpenAI's name for it, and Ollama's, Cohere's and Gemini's."""

NAMES = ("id", "model", "name")
"""What an entry calls its model; the first that is there counts."""

PATTERN = "*"
"""Stands for the names of models (`openai/*`) that a proxy would pass on; no model has it in its name."""


def read_model_list(body: bytes) -> list[ModelInfo]:
    """The models, in the server's order and each once, at most MODELS_MAX. Raises ValueError when this is no list."""
    try:
        listed = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return list(_first_of_each(_entries(listed)))


def write_model_list(models: Iterable[ModelInfo]) -> bytes:
    """The same list as `read_model_list` reads it."""
    entries = [{"id": model.id, "context_length": model.context_tokens} for model in models]
    return json.dumps({"data": entries}, ensure_ascii=False).encode()


def _entries(listed: object) -> Iterable[object]:
    if isinstance(listed, Mapping):
        name = next((name for name in LISTS if name in listed), None)
        if name is None:
            raise ValueError("no model list")
        listed = listed[name] or []  # Ollama says null while it has no models
    if isinstance(listed, Mapping):  # by name
        return [{"id": name, **(about if isinstance(about, Mapping) else {})} for name, about in listed.items()]
    if isinstance(listed, list) and (not listed or any(isinstance(entry, str | Mapping) for entry in listed)):
        return listed
    raise ValueError("no list of models")


def _first_of_each(entries: Iterable[object]) -> Iterator[ModelInfo]:
    seen: set[str] = set()
    for entry in entries:
        about = entry if isinstance(entry, Mapping) else {"id": entry}
        model_id = next((about[name] for name in NAMES if name in about), None)
        if not _is_name(model_id) or model_id in seen:
            continue
        seen.add(model_id)
        yield ModelInfo(model_id, context_tokens(about))
        if len(seen) == MODELS_MAX:
            return


def _is_name(model_id: object) -> TypeGuard[str]:
    if not isinstance(model_id, str) or len(model_id) > ID_MAX_CHARACTERS:
        return False
    return bool(model_id.strip()) and model_id.isprintable() and PATTERN not in model_id
