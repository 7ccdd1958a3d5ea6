"""What can be used is offered: whatever a server lists or does not list, and what whoever runs chatapp has named."""

import pytest

from chatapp.accounts.principal import Principal
from chatapp.catalog import service
from chatapp.errors import ProviderError
from chatapp.providers import registry
from chatapp.settings import Endpoint
from tests.catalog.conftest import UseEndpoints
from tests.catalog.listing import all_of
from tests.catalog.test_service import listed
from tests.providers.scripted_server import ScriptedServer

NO_LIST = [
    ({"error": {"message": "no"}}, 401),
    ({"error": {"message": "no"}}, 403),
    ({"detail": "Not Found"}, 404),
    ({"detail": "Method Not Allowed"}, 405),
    (b"<html>Welcome</html>", 200),
    ({"object": "error"}, 200),
]


@pytest.mark.parametrize(("body", "status"), NO_LIST)
async def test_where_a_server_has_no_list_what_the_settings_name_is_offered_as_if_nothing_were_wrong(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, body: object, status: int
) -> None:
    server.will_send(body, status=status)
    use(endpoint, default_model="some-model")
    (group,) = (await all_of(somebody)).groups
    assert [model.key for model in group.models] == ["Box/some-model"]
    assert group.error is None


@pytest.mark.parametrize(("body", "status"), NO_LIST)
async def test_where_nothing_is_left_the_words_say_what_to_set(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, body: object, status: int
) -> None:
    server.will_send(body, status=status)
    use(endpoint)
    catalog = await all_of(somebody)
    assert catalog.models == ()
    assert catalog.groups[0].error
    assert catalog.problem is catalog.groups[0].error


@pytest.mark.parametrize("data", [[], None, [{"id": "*"}], [{"id": "text-embedding-3-small"}]])
async def test_an_endpoint_without_models_is_there_and_nothing_is_wrong_with_it(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, data: object
) -> None:
    server.will_send({"data": data})
    use(endpoint)
    catalog = await all_of(somebody)
    (group,) = catalog.groups
    assert (group.models, group.error, group.is_pending) == ((), None, False)
    assert catalog.problem is not None
    assert catalog.problem.reason == "no_models"


@pytest.mark.parametrize("named", ["whisper-1", "my-embedding-that-chats", "gpt-image-9"])
async def test_what_the_settings_name_is_offered_although_its_name_is_that_of_a_model_that_cannot_chat(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, named: str
) -> None:
    server.will_send(listed("gpt-4o", named, "tts-1"))
    use(endpoint, default_model=named)
    assert [model.name for model in (await all_of(somebody)).models] == ["gpt-4o", named]
    use(endpoint.model_copy(update={"models": (named, "dall-e-3")}))
    assert [model.name for model in (await all_of(somebody)).models] == [named, "dall-e-3"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("Second/x", "Second/x"),  # by its endpoint
        ("listed", "Second/listed"),  # of the endpoint that lists it
        ("named", "Named/named"),  # of the endpoint whose entry names it
        ("Named/beside", "Named/beside"),  # beside those that the entry names
        ("maker/unheard-of", "Box/maker/unheard-of"),  # of the first that may have it
    ],
)
async def test_the_operators_model_is_offered_by_the_endpoint_that_has_it_and_preselected(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, wanted: str, expected: str
) -> None:
    second = ScriptedServer()
    await second.start()
    second.will_send(listed("listed"))
    server.will_send(listed("a"))
    named = Endpoint(name="Named", base_url=server.base_url, models=("named",))
    use(named, endpoint, Endpoint(name="Second", base_url=second.base_url), default_model=wanted)
    catalog = await all_of(somebody)
    await second.close()
    assert expected in {model.key for model in catalog.models}
    assert service.default_model(somebody, catalog, "Box/a") == expected
    provider, model_id = registry.current().provider(expected)
    assert expected.endswith(f"/{model_id}")
    assert provider is registry.current().providers[expected.partition("/")[0]]


async def test_a_model_that_nobody_named_is_still_refused_where_the_settings_name_some(
    use: UseEndpoints, endpoint: Endpoint
) -> None:
    made = use(endpoint.model_copy(update={"models": ("named",)}), default_model="also")
    assert made.provider("Box/named")
    assert made.provider("Box/also")
    with pytest.raises(ProviderError, match="model_not_offered"):
        made.provider("Box/other")


async def test_the_demo_model_stands_in_for_no_model_that_is_named(use: UseEndpoints, somebody: Principal) -> None:
    use(demo_url="http://127.0.0.1:1/v1", default_model="gpt-4o")
    assert (await all_of(somebody)).models == ()


async def test_the_address_of_a_deployment_names_its_model_whatever_that_is_called(
    use: UseEndpoints, somebody: Principal
) -> None:
    use(Endpoint(name="Azure", base_url="http://127.0.0.1:1/openai/deployments/whisper-chat?api-version=1"))
    (group,) = (await all_of(somebody)).groups
    assert [model.name for model in group.models] == ["whisper-chat"]
