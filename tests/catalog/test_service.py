"""What people can pick, what is preselected, and what happens while an endpoint is down."""

import asyncio

import pytest

from chatapp.accounts.principal import Principal
from chatapp.catalog import model_lists, service
from chatapp.catalog.choices import Catalog, Group, ModelChoice
from chatapp.demo_model.server import DemoModel
from chatapp.settings import Endpoint
from chatapp.words import words_of
from tests.catalog.conftest import UseEndpoints
from tests.catalog.listing import all_of
from tests.providers.scripted_server import ScriptedServer

FIXED = Endpoint(name="Fixed", base_url="http://127.0.0.1:1/v1", models=("b-model", "org/a-model"))


def listed(*model_ids: str) -> dict[str, object]:
    return {"object": "list", "data": [{"id": model_id} for model_id in model_ids]}


def of(*keys: str) -> Catalog:
    choices = tuple(ModelChoice(key, key.partition("/")[2]) for key in keys)
    return Catalog((Group("Box", choices),), only_demo=False)


async def test_models_are_grouped_by_endpoint_in_its_order(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send({"data": [{"id": "z", "max_model_len": 4096}, {"id": "org/y"}]})
    use(endpoint, FIXED)
    box, fixed = (await all_of(somebody)).groups
    assert box == Group("Box", (ModelChoice("Box/z", "z"), ModelChoice("Box/org/y", "org/y")))
    assert fixed.models == (ModelChoice("Fixed/b-model", "b-model"), ModelChoice("Fixed/org/a-model", "org/a-model"))


async def test_of_paths_people_see_the_names_of_the_files(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send(listed("/home/ada/models/bert-chat.gguf", "/a/llama.gguf", "/b/llama.gguf"))
    use(endpoint)
    catalog = await all_of(somebody)
    assert [model.name for model in catalog.models] == ["bert-chat.gguf", "/a/llama.gguf", "/b/llama.gguf"]
    assert catalog.models[0].model_id == "/home/ada/models/bert-chat.gguf"
    assert catalog.name_of("Box//home/ada/models/bert-chat.gguf") == "bert-chat.gguf"
    assert catalog.name_of("Box//a/llama.gguf") == "/a/llama.gguf"
    assert catalog.name_of("Gone//a/llama.gguf") == "llama.gguf"
    assert catalog.name_of("") == ""


async def test_the_demo_alone_says_so(use: UseEndpoints, somebody: Principal) -> None:
    demo = DemoModel()
    await demo.start()
    use(demo_url=demo.base_url)
    catalog = await all_of(somebody)
    await demo.close()
    assert catalog.only_demo
    assert service.default_model(somebody, catalog) == "Demo/demo"


async def test_everybody_who_comes_meanwhile_waits_for_the_same_answer(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send(listed("m"))
    use(endpoint)
    await asyncio.gather(*(all_of(somebody) for _ in range(20)))
    await all_of(somebody)
    assert len(server.requests) == 1


async def test_a_list_is_asked_for_again_once_it_is_old(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    somebody: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_lists, "FRESH_SECONDS", 0)
    server.will_send(listed("old"))
    server.will_send(listed("new"))
    use(endpoint)
    await all_of(somebody)
    assert [choice.name for choice in (await all_of(somebody)).models] == ["new"]


async def test_an_endpoint_that_goes_down_says_why_and_keeps_its_models(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    somebody: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_lists, "FRESH_SECONDS", 0)
    server.will_send(listed("m"))
    server.will_send({}, status=401)
    use(endpoint, FIXED)
    assert (await all_of(somebody)).groups[0].error is None
    group = (await all_of(somebody)).groups[0]
    assert [choice.key for choice in group.models] == ["Box/m"]
    assert group.error is not None
    assert words_of(group.error) == "The model server 'Box' asks for an API key. Ask your administrator to set one."
    await all_of(somebody)
    assert len(server.requests) == 2, "an endpoint that is down is left alone for a while"


async def test_models_that_cannot_chat_are_hidden(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send(listed("gpt-4o", "text-embedding-3-small", "whisper-1"))
    use(endpoint)
    assert [choice.name for choice in (await all_of(somebody)).models] == ["gpt-4o"]


@pytest.mark.parametrize(
    ("setting", "preferred", "expected"),
    [
        ("Box/b", "Box/c", "Box/b"),
        ("b", "Box/c", "Box/b"),
        ("gone", "Box/c", "Box/c"),
        ("", "Box/c", "Box/c"),
        ("", "Box/gone", "Box/gpt-4o"),
        ("", "", "Box/gpt-4o"),
    ],
)
def test_the_preselected_model_is_the_operators_else_the_persons_else_a_known_one(
    use: UseEndpoints, somebody: Principal, setting: str, preferred: str, expected: str
) -> None:
    use(FIXED, default_model=setting)
    catalog = of("Box/a", "Box/b", "Box/c", "Box/gpt-4o-mini-2024", "Box/gpt-4o")
    assert service.default_model(somebody, catalog, preferred) == expected


def test_without_a_known_model_the_first_is_preselected_and_without_any_none(
    use: UseEndpoints, somebody: Principal
) -> None:
    use(FIXED)
    assert service.default_model(somebody, of("Box/x", "Box/y")) == "Box/x"
    assert service.default_model(somebody, Catalog((), only_demo=False)) == ""


async def test_a_window_is_what_the_endpoint_says_else_what_is_known_else_assumed(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send({"data": [{"id": "gpt-4o", "max_model_len": 4096}, {"id": "gpt-4"}, {"id": "unheard-of"}]})
    use(endpoint, context_tokens=1234)
    await all_of(somebody)
    assert await service.context_tokens("Box/gpt-4o") == 4096
    assert await service.context_tokens("Box/gpt-4") == 8192
    assert await service.context_tokens("Box/unheard-of") == 1234
    assert await service.context_tokens("Gone/gpt-4") == 1234
    assert len(server.requests) == 1


async def test_the_window_of_a_model_that_the_settings_name_is_what_the_endpoint_says(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send({"data": [{"id": "m", "max_model_len": 4096}, {"id": "other"}]})
    use(endpoint.model_copy(update={"models": ("m", "unlisted")}), context_tokens=1234)
    assert [choice.name for choice in (await all_of(somebody)).models] == ["m", "unlisted"]
    assert await service.context_tokens("Box/m") == 4096
    assert await service.context_tokens("Box/unlisted") == 1234


async def test_an_answer_does_not_wait_for_an_old_list(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_lists, "FRESH_SECONDS", 0)
    server.will_send({"data": [{"id": "m", "max_model_len": 4096}]})
    use(endpoint)
    await all_of(somebody)
    assert [await service.context_tokens("Box/m") for _ in range(3)] == [4096] * 3
    assert len(server.requests) == 1
