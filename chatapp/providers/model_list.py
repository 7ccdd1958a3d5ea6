"""Understands the answer to `GET /v1/models`, in which each kind of server names a model's window differently."""

import json
from collections.abc import Mapping

from chatapp.providers.base import ModelInfo
from chatapp.providers.listed_window import context_tokens

MODELS_MAX = 2_000
"""Models taken from one endpoint; the largest public router lists about 500."""


def read_model_list(body: bytes) -> list[ModelInfo]:
    """The models, in the server's order. Raises ValueError when this is not a model list as OpenAI's."""
    try:
        listed = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(listed, Mapping) or "data" not in listed:
        raise ValueError("no model list")
    data = listed["data"] or []  # Ollama says null while it has no models
    if not isinstance(data, list) or not all(isinstance(model, Mapping) for model in data):
        raise ValueError("no list of models")
    ids = [model.get("id") for model in data]
    return [
        ModelInfo(model_id, context_tokens(model))
        for model_id, model in list(zip(ids, data, strict=True))[:MODELS_MAX]
        if isinstance(model_id, str) and model_id
    ]
