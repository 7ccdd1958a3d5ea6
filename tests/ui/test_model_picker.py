"""The open picker as one drives it: what is typed, moved and chosen happens in that order."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatapp.process import running
from chatapp.settings import Endpoint, Settings
from chatapp.ui.state.model_picker import SHOWN_MODELS, PickerState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.ui.state.views import ModelOption
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join
from tests.providers.scripted_server import ScriptedServer
from tests.ui.events import Tab, name_of, tab
from tests.web.test_guard import cookie

MODELS = [f"maker-{number % 7}/model-{number}" for number in range(5_000)]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server with five thousand models."""
    made = ScriptedServer()
    await made.start()
    made.will_send({"data": [{"id": model} for model in MODELS]})
    yield made
    await made.close()


class Picker:
    """The picker of a tab."""

    def __init__(self, page: Tab, token: str) -> None:
        self._page, self._token = page, token

    async def does(self, handler: str, **payload: object) -> None:
        state = PickerState if handler in PickerState.event_handlers else ModelsState
        await self._page.send(name_of(state, handler), payload, cookie=cookie(self._token), route=CHAT_ROUTE)

    @property
    def models(self) -> list[str]:
        options: list[ModelOption] = self._page.shown(PickerState, "options")
        return [option.name for option in options if option.key]

    @property
    def marked(self) -> str:
        options: list[ModelOption] = self._page.shown(PickerState, "options")
        return options[self._page.shown(PickerState, "active")].name

    @property
    def more(self) -> int:
        return int(self._page.shown(PickerState, "more"))

    @property
    def selected(self) -> str:
        return str(self._page.shown(ModelsState, "selected_name"))


@pytest_asyncio.fixture
async def picker(placed: Settings, server: ScriptedServer) -> AsyncIterator[Picker]:
    """The picker of somebody, just opened."""
    endpoint = Endpoint(name="Router", base_url=server.base_url)
    async with running(placed.model_copy(update={"endpoints": (endpoint,), "reaper_seconds": 3600})), tab() as page:
        made = Picker(page, await join("owner", placed))
        await page.send(CONNECT, cookie=cookie(made._token), route=CHAT_ROUTE)
        await made.does("unfold")
        yield made
        assert page.errors == []


async def test_some_of_many_models_are_shown_and_more_when_asked_for_until_all_are(picker: Picker) -> None:
    assert (picker.models, picker.more) == (MODELS[:SHOWN_MODELS], len(MODELS) - SHOWN_MODELS)
    for _ in range(len(MODELS) // SHOWN_MODELS - 1):
        await picker.does("show_more")
    assert (picker.models, picker.more) == (MODELS, 0)
    await picker.does("unfold")
    assert picker.models == MODELS[:SHOWN_MODELS]


async def test_what_is_found_is_moved_in_and_chosen(picker: Picker) -> None:
    await picker.does("search", text="model-49")
    assert picker.models[:3] == [MODELS[49], MODELS[490], MODELS[491]]
    assert picker.marked == MODELS[49]
    for step in (1, 1, -1, 1, 10, -10):
        await picker.does("move", step=step, search="model-49")
    assert picker.marked == MODELS[491]
    await picker.does("choose", search="model-49")
    assert picker.selected == MODELS[491]


async def test_enter_that_is_faster_than_the_search_chooses_the_first_that_will_be_found(picker: Picker) -> None:
    await picker.does("choose", search="model-4321")
    assert picker.selected == MODELS[4321]


async def test_moving_stops_at_both_ends(picker: Picker) -> None:
    await picker.does("search", text="model-4999")
    for step in (1, -1, 10, -10):
        await picker.does("move", step=step, search="model-4999")
        assert picker.marked == MODELS[4999]


@pytest.mark.parametrize("step", [0, 2, -11, 10**30, None, [], {}])
async def test_a_step_that_no_key_makes_moves_nothing(picker: Picker, step: object) -> None:
    await picker.does("search", text="model-49")
    await picker.does("move", step=step, search="model-49")
    assert picker.marked == MODELS[49]


async def test_an_arrow_that_is_faster_than_the_search_moves_in_what_will_be_found(picker: Picker) -> None:
    await picker.does("search", text="model-4")
    await picker.does("move", step=1, search="model-49")
    await picker.does("search", text="model-49")
    assert picker.marked == MODELS[490]
    await picker.does("choose", search="model-49")
    assert picker.selected == MODELS[490]


async def test_enter_where_nothing_is_found_chooses_nothing(picker: Picker) -> None:
    before = picker.selected
    await picker.does("choose", search="no such model")
    assert picker.selected == before


async def test_a_model_that_nobody_offers_is_not_selected(picker: Picker) -> None:
    before = picker.selected
    for key in ("Router/unheard-of", "Other/x", "", "Router/" + "x" * 400):
        await picker.does("select", key=key)
    assert picker.selected == before


async def test_the_picker_opens_at_the_model_that_is_selected(picker: Picker) -> None:
    await picker.does("select", key=f"Router/{MODELS[77]}")
    await picker.does("unfold")
    assert picker.marked == MODELS[77]
