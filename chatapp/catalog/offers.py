"""What an endpoint offers: what it lists, and what whoever runs chatapp named. The latter is never doubted."""

from collections.abc import Mapping

from chatapp.catalog.model_lists import ModelList
from chatapp.providers.registry import DEMO_NAME
from chatapp.settings import Endpoint


def offered(endpoint: Endpoint, models: ModelList, default_model: str = "") -> list[str]:
    """The ids of the models to pick from: those that the settings name for the endpoint, else those that it lists.

    `default_model` is the operator's own, where it is served by this endpoint; it comes last unless it is listed.
    """
    ids = list(endpoint.named_models or models.chat_models)
    if default_model and default_model not in ids:
        ids.append(default_model)
    return ids


def find_default(wanted: str, endpoints: Mapping[str, Endpoint], lists: Mapping[str, ModelList]) -> tuple[str, str]:
    """Name of the endpoint and id of the model that CHATAPP_DEFAULT_MODEL means; two times "" where nobody knows (yet).

    It may have the endpoint's name in front. Else it is of the endpoint that has it, and where none has, of the first
    whose models the settings leave open. The demo model stands in for nothing.
    """
    name, _, model_id = wanted.partition("/")
    if model_id and name in endpoints:
        return name, model_id
    for name, endpoint in endpoints.items():
        if wanted in endpoint.named_models or wanted in lists[name].windows:
            return name, wanted
    open_ones = [name for name, endpoint in endpoints.items() if not endpoint.named_models and name != DEMO_NAME]
    if not wanted or not open_ones or (len(open_ones) > 1 and any(lists[name].is_pending for name in open_ones)):
        return "", ""
    return open_ones[0], wanted
