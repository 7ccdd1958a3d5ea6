"""Which endpoints there are, under which names, and who serves a model."""

import pytest

from chatapp.errors import ProviderError, SettingsError
from chatapp.providers import registry
from chatapp.providers.registry import Registry, find_endpoints
from chatapp.settings import Endpoint, Settings
from chatapp.words import words_of

LOCAL = Endpoint(name="Ollama", base_url="http://127.0.0.1:3229/v1")
OTHER = Endpoint(name="Box", base_url="http://127.0.0.1:3228/v1", models=("org/model-1", "model-2"))
DEMO_URL = "http://127.0.0.1:3227/v1"


@pytest.mark.parametrize(
    ("values", "name", "base_url"),
    [
        ({"openai_api_key": "sk-x"}, "OpenAI", "https://api.openai.com/v1"),
        (
            {"openai_base_url": "https://api.openai.com/v1", "openai_api_key": "x"},
            "OpenAI",
            "https://api.openai.com/v1",
        ),
        ({"openai_base_url": "https://u:p@llm.example:8443/v1"}, "llm.example", "https://u:p@llm.example:8443/v1"),
        ({"openai_base_url": "http://localhost:3226/v1"}, "localhost", "http://localhost:3226/v1"),
        ({"openai_base_url": "localhost:3226"}, "localhost", "localhost:3226"),
        ({"openai_base_url": "https://api.openai.com"}, "OpenAI", "https://api.openai.com"),
    ],
)
async def test_the_endpoint_that_everybody_sets_has_the_name_of_its_host(
    values: dict[str, str], name: str, base_url: str
) -> None:
    (endpoint,) = await find_endpoints(Settings(_env_file=None, **values))  # type: ignore[arg-type]
    assert (endpoint.name, endpoint.base_url) == (name, base_url)


async def test_more_endpoints_come_after_the_first(settings: Settings) -> None:
    both = settings.model_copy(update={"openai_base_url": "http://localhost:3226/v1", "endpoints": (OTHER,)})
    assert [endpoint.name for endpoint in await find_endpoints(both)] == ["localhost", "Box"]


async def test_nothing_configured_and_no_looking_around_leaves_the_demo(settings: Settings) -> None:
    assert await find_endpoints(settings) == []
    assert Registry(settings, [], DEMO_URL).only_demo


async def test_two_endpoints_of_one_name_stop_the_start(settings: Settings) -> None:
    with pytest.raises(SettingsError):
        await find_endpoints(settings.model_copy(update={"endpoints": (OTHER, OTHER)}))


def test_the_first_slash_of_a_key_splits_it(settings: Settings) -> None:
    made = Registry(settings, [LOCAL, OTHER])
    assert made.provider("Box/org/model-1") == (made.providers["Box"], "org/model-1")
    assert made.provider("Ollama/anything") == (made.providers["Ollama"], "anything")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "Choose a model first"),
        ("Box", "Choose a model first"),
        ("Gone/model", "'Gone' is not set up any more"),
        ("Box/gpt-expensive", "doesn't offer the model 'gpt-expensive'"),
    ],
)
def test_a_model_that_is_not_there_is_refused_in_words(settings: Settings, key: str, words: str) -> None:
    with pytest.raises(ProviderError) as refused:
        Registry(settings, [OTHER]).provider(key)
    assert words in words_of(refused.value)


async def test_a_local_server_started_later_joins_the_demo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Endpoint] = []
    looks = 0

    async def discover(_: Settings) -> list[Endpoint]:
        nonlocal looks
        looks += 1
        return started

    made = Registry(settings.model_copy(update={"discover": None}), [], DEMO_URL, discover=discover)
    await made.look_again()
    assert looks == 0, "it has only just been looked for"

    monkeypatch.setattr(registry, "LOOK_AGAIN_SECONDS", 0)
    made = Registry(settings.model_copy(update={"discover": None}), [], DEMO_URL, discover=discover)
    await made.look_again()
    assert made.only_demo
    started.append(LOCAL)
    await made.look_again()
    await made.look_again()
    assert (list(made.providers), made.only_demo, looks) == (["Demo", "Ollama"], False, 2)


async def test_nothing_is_looked_for_where_that_is_off_or_an_endpoint_is_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "LOOK_AGAIN_SECONDS", 0)

    async def discover(_: Settings) -> list[Endpoint]:
        raise AssertionError

    await Registry(settings, [], DEMO_URL, discover=discover).look_again()
    await Registry(settings.model_copy(update={"discover": None}), [OTHER], discover=discover).look_again()


async def test_closing_closes_every_provider(settings: Settings) -> None:
    made = Registry(settings, [LOCAL, OTHER], DEMO_URL)
    await made.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await made.providers["Ollama"].list_models()
