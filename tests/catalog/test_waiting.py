"""Nobody waits for an endpoint: lists load side by side, are shown as they come, and the last good one serves
meanwhile."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.accounts.principal import Principal
from chatapp.catalog import model_lists, service
from chatapp.catalog.choices import Catalog
from chatapp.errors import ProviderError
from chatapp.settings import Endpoint, Settings
from chatapp.words import words_of
from tests.catalog.conftest import UseEndpoints
from tests.catalog.listing import all_of
from tests.catalog.test_service import listed
from tests.providers.scripted_server import ScriptedServer
from tests.waiting import until

NOT_WAITING_SECONDS = 2.0
"""Far below the 8 s that a list may take, and far above what anything here takes."""


def names(catalog: Catalog) -> list[str]:
    return [model.name for model in catalog.models]


async def test_what_answers_is_shown_while_another_endpoint_hangs_and_a_third_is_down(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    hanging: Endpoint,
    unreachable: Endpoint,
    somebody: Principal,
) -> None:
    server.will_send(listed("m"))
    use(hanging, unreachable, endpoint)
    async with asyncio.timeout(NOT_WAITING_SECONDS), aclosing(service.list_models(somebody)) as lists:
        first = await anext(lists)
        assert names(first) == []
        assert all(group.is_pending for group in first.groups)
        async for found in lists:
            hangs, down, box = found.groups
            if box.models and down.error:
                break
    assert (hangs.is_pending, hangs.error, down.is_pending, box.is_pending) == (True, None, False, False)
    assert found.problem is None
    assert found.fresh_seconds == 0


async def test_somebody_who_leaves_ends_no_question_that_others_wait_for(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, hanging: Endpoint, somebody: Principal
) -> None:
    server.will_send(listed("m"))
    use(endpoint, hanging)
    waiting = asyncio.create_task(all_of(somebody))
    async with aclosing(service.list_models(somebody)) as lists:
        assert names(await anext(lists)) == []

    async def has_come() -> bool:
        return names(service.known_models(somebody)) == ["m"]

    await until(has_come)
    assert len(server.requests) == 1
    waiting.cancel()


async def test_after_a_restart_the_last_list_is_there_before_any_endpoint_answers(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send({"data": [{"id": "m", "max_model_len": 4096}, {"id": "text-embedding-3"}]})
    use(endpoint)
    await all_of(somebody)
    await server.close()
    use(endpoint)  # a new process knows nothing but the data directory
    (group,) = service.known_models(somebody).groups
    assert [model.name for model in group.models] == ["m"]
    assert group.is_pending
    assert await service.context_tokens("Box/m") == 4096
    (group,) = (await all_of(somebody)).groups
    assert [model.name for model in group.models] == ["m"]
    assert group.error is not None
    assert group.error.reason == "unreachable"


async def test_the_last_list_of_another_address_serves_nobody(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, hanging: Endpoint, somebody: Principal
) -> None:
    server.will_send(listed("m"))
    use(endpoint)
    await all_of(somebody)
    use(endpoint.model_copy(update={"base_url": hanging.base_url}))
    assert names(service.known_models(somebody)) == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b'{"data": 1}', b"[" * 6_000_000])
async def test_a_stored_list_that_cannot_be_read_is_as_if_it_were_not_there(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    settings: Settings,
    somebody: Principal,
    content: bytes,
) -> None:
    server.will_send(listed("m"))
    use(endpoint)
    await all_of(somebody)
    (stored,) = (settings.data_dir / "models").iterdir()
    stored.write_bytes(content)
    use(endpoint)
    assert names(service.known_models(somebody)) == []
    assert names(await all_of(somebody)) == ["m"]
    assert stored.read_bytes() != content


async def test_where_nothing_can_be_stored_lists_are_shown_all_the_same(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal, tmp_path: Path
) -> None:
    server.will_send(listed("m"))
    (tmp_path / "taken").write_text("a file where the directory would be")
    use(endpoint, data_dir=tmp_path / "taken")
    assert names(await all_of(somebody)) == ["m"]


async def test_a_list_is_stored_when_it_changes_and_no_more_often(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    settings: Settings,
    somebody: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_lists, "FRESH_SECONDS", 0)
    for models in (["m"], ["m"], ["m", "n"]):
        server.will_send(listed(*models))
    use(endpoint)
    versions = []
    for _ in range(3):
        await all_of(somebody)
        (stored,) = (settings.data_dir / "models").iterdir()
        versions.append(stored.stat().st_ino)  # replaced as a whole, so each version is another file
    assert versions[0] == versions[1] != versions[2]


async def test_the_window_of_a_model_is_waited_for_by_nobody_and_asked_for_meanwhile(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, hanging: Endpoint
) -> None:
    server.will_send({"data": [{"id": "m", "max_model_len": 4096}]})
    use(hanging, endpoint, context_tokens=1234)
    async with asyncio.timeout(NOT_WAITING_SECONDS):
        assert await service.context_tokens("Hangs/unheard-of") == 1234
        assert await service.context_tokens("Box/m") == 1234

    async def is_known() -> bool:
        return await service.context_tokens("Box/m") == 4096

    await until(is_known)
    assert len(server.requests) == 1


async def test_an_endpoint_that_is_gone_is_noticed_before_anything_is_asked_of_it_and_found_again(
    use: UseEndpoints,
    endpoint: Endpoint,
    server: ScriptedServer,
    somebody: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_lists, "RECENT_SECONDS", 0)
    monkeypatch.setattr(model_lists, "LOOK_SECONDS", 0.05)
    server.will_send(listed("m"))
    server.will_send(listed("m"))
    use(endpoint)
    await all_of(somebody)
    await service.check_reachable(somebody, "Box/m")
    port = server.port
    await server.close()
    with pytest.raises(ProviderError) as caught:
        await service.check_reachable(somebody, "Box/m")
    assert "'Box' can't be reached" in words_of(caught.value)
    assert names(service.known_models(somebody)) == ["m"]
    changes = service.count_changes()
    await server.start(port)

    async def is_back() -> bool:
        return service.why_away(somebody, "Box/m") is None

    await until(is_back, what="the look that finds the endpoint again")
    assert service.count_changes() == changes + 1
    await service.check_reachable(somebody, "Box/m")


async def test_only_administrators_are_told_where_an_endpoint_should_be(
    use: UseEndpoints, unreachable: Endpoint, somebody: Principal
) -> None:
    use(unreachable.model_copy(update={"base_url": unreachable.base_url.replace("//", "//ada:secret@")}))
    await all_of(somebody)
    told = [service.why_away(replace(somebody, is_admin=is_admin), "Down/m") for is_admin in (False, True)]
    words = [words_of(error) for error in told if error]
    assert ["127.0.0.1" in sentence for sentence in words] == [False, True]
    assert "secret" not in str(words)


async def test_an_endpoint_that_an_answer_could_not_reach_is_looked_for(
    use: UseEndpoints, endpoint: Endpoint, server: ScriptedServer, somebody: Principal
) -> None:
    server.will_send(listed("m"))
    use(endpoint)
    await all_of(somebody)
    service.note_failure("Box/m", ProviderError("broke_off", endpoint="Box"))
    service.note_failure("Elsewhere/m", ProviderError("unreachable", endpoint="Elsewhere"))
    assert service.why_away(somebody, "Box/m") is None
    service.note_failure("Box/m", ProviderError("unreachable", endpoint="Box"))
    assert service.why_away(somebody, "Box/m") is not None


async def test_a_model_that_is_not_offered_any_more_is_asked_nothing(
    use: UseEndpoints, endpoint: Endpoint, somebody: Principal
) -> None:
    use(endpoint)
    with pytest.raises(ProviderError, match="endpoint_gone"):
        await service.check_reachable(somebody, "Gone/m")


async def test_an_endpoint_that_says_nothing_is_not_taken_for_gone(
    use: UseEndpoints, hanging: Endpoint, somebody: Principal
) -> None:
    use(hanging)
    await service.check_reachable(somebody, "Hangs/m")
