"""A question goes to the model that the page names, and that is the one that was picked last."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
import pytest_asyncio

from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.catalog.choices import Catalog
from chatapp.catalog.model_lists import FRESH_SECONDS
from chatapp.conversations import service as conversations
from chatapp.conversations.order import service as order
from chatapp.conversations.order.shelf import Shelf
from chatapp.process import running
from chatapp.reading import history
from chatapp.settings import Endpoint, Settings
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.page import PageState
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join, principal_for
from tests.conftest import ScriptedModel
from tests.generations.conversing import ask, ended
from tests.ui.events import Tab, name_of, tab
from tests.waiting import until
from tests.web.test_guard import cookie

A, B = "alpha/demo", "beta/demo"


@pytest_asyncio.fixture
async def process(placed: Settings, model: ScriptedModel) -> AsyncIterator[Settings]:
    """All services of one process, with two endpoints to choose from; the operator prefers the first."""
    endpoints = tuple(Endpoint(name=name, base_url=model.server.base_url) for name in ("alpha", "beta"))
    made = placed.model_copy(update={"endpoints": endpoints, "default_model": A, "reaper_seconds": 3600})
    async with running(made):
        yield made


class Person:
    """Somebody with one tab, who does what they do where they are."""

    def __init__(self, page: Tab, token: str, principal: Principal) -> None:
        self.page, self.token, self.principal, self.url = page, token, principal, "/"

    async def go(self, conversation_id: str) -> None:
        self.url = f"/c/{conversation_id}" if conversation_id else "/"
        await self._send(CONNECT)

    async def turn_to(self, conversation_id: str) -> int:
        """Go there from another page of the tab; returns how many events that causes, and ends them."""
        self.url = f"/c/{conversation_id}"
        opening = await self.page.start(
            name_of(PageState, "open"), cookie=cookie(self.token), url=self.url, route=CHAT_ROUTE
        )
        await opening
        for caused in opening.children:
            caused.cancel()
        return len(opening.children)

    async def list_models(self) -> None:
        await self._send(name_of(ModelsState, "load"))

    async def pick(self, key: str) -> None:
        await self._send(name_of(ModelsState, "select"), key=key)

    async def ask(self, text: str) -> None:
        question = {"text": text, "client_message_id": f"question {text}"}
        await self._send(name_of(ComposerState, "send"), form=question)

    def sees(self) -> tuple[str, str]:
        return self.page.shown(ModelsState, "selected"), self.page.shown(ModelsState, "selected_name")

    async def model_of(self, conversation_id: str) -> str:
        return (await history.get_history(self.principal, conversation_id)).model

    async def _send(self, name: str, **payload: object) -> None:
        await self.page.send(name, payload, cookie=cookie(self.token), url=self.url, route=CHAT_ROUTE)


@pytest_asyncio.fixture
async def owner(process: Settings) -> AsyncIterator[Person]:
    token = await join("owner", process)
    async with tab() as page:
        yield Person(page, token, await principal_for(token, process))
        assert page.errors == []


async def begin(owner: Person, model: str) -> str:
    """A conversation with this model, which has answered."""
    posted = await ask(owner.principal, "count 1")
    await ended(owner.principal, posted.conversation_id)
    await conversations.set_model(owner.principal, posted.conversation_id, model)
    return posted.conversation_id


async def test_a_pick_survives_that_the_list_is_looked_up_again(owner: Person) -> None:
    conversation_id = await begin(owner, A)
    await owner.go(conversation_id)
    await owner.list_models()
    await owner.pick(B)
    await owner.list_models()
    assert owner.sees() == (B, "demo")
    await owner.ask("count 2")
    assert await owner.model_of(conversation_id) == B


async def test_a_page_that_has_just_listed_the_models_goes_elsewhere_without_listing_them_again(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await begin(owner, A), await begin(owner, B)
    await owner.go(first)
    only_follows, follows_and_lists = 1, 2
    assert await owner.turn_to(second) == follows_and_lists
    await owner.list_models()
    assert (await owner.turn_to(first), owner.sees()) == (only_follows, (A, "demo"))
    later = time.time() + FRESH_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    assert await owner.turn_to(second) == follows_and_lists


async def test_a_list_that_ends_after_the_pick_does_not_undo_it(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await owner.go(await begin(owner, A))
    await owner.list_models()
    picked, list_models = asyncio.Event(), catalog.list_models

    async def hanging(principal: Principal) -> AsyncGenerator[Catalog, None]:
        await picked.wait()
        async for found in list_models(principal):
            yield found

    monkeypatch.setattr(catalog, "list_models", hanging)  # an endpoint that takes its time
    opening = asyncio.create_task(owner.list_models())
    await owner.pick(B)
    picked.set()
    await opening
    assert owner.sees() == (B, "demo")


async def test_a_pick_for_a_new_conversation_comes_before_the_operators_choice(owner: Person) -> None:
    await owner.go("")
    await owner.list_models()
    await owner.pick(B)
    await owner.go("")
    await owner.list_models()
    assert owner.sees() == (B, "demo")


async def test_a_question_right_after_going_elsewhere_goes_to_the_model_of_that_conversation(owner: Person) -> None:
    one, other = await begin(owner, A), await begin(owner, B)
    await owner.go(one)
    await owner.list_models()
    await owner.go(other)
    assert owner.sees() == (B, "demo")
    await owner.ask("count 2")
    assert await owner.model_of(other) == B
    assert await owner.model_of(one) == A


async def test_a_question_right_after_going_to_a_new_conversation_does_not_go_to_the_model_of_the_last(
    owner: Person,
) -> None:
    await owner.go(await begin(owner, B))
    await owner.list_models()
    await owner.go("")
    asking = asyncio.create_task(owner.ask("count 3"))  # no end of its own: the page is followed from then on
    begun: list[str] = []

    async def has_begun() -> bool:
        listed = await order.list_shelf(owner.principal, Shelf.CHATS, 10)
        begun[:] = [found.id for found in listed.conversations if found.title.lower() == "count 3"]
        return bool(begun)

    await until(has_begun, what="the new conversation")
    assert await owner.model_of(begun[0]) == A
    asking.cancel()
