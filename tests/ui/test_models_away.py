"""Endpoints that are down, hang or have no models, and somebody who asks all the same."""

import asyncio
import time
from uuid import uuid4

import pytest

from chatapp.process import running
from chatapp.settings import Endpoint, Settings
from chatapp.ui.state.composer import ComposerState
from chatapp.ui.state.live import LiveState
from chatapp.ui.state.model_picker import PickerState
from chatapp.ui.state.models import ModelsState
from chatapp.ui.state.opening import CHAT_ROUTE
from chatapp.web.page_errors import ErrorState
from chatapp.web.reflex_handlers import CONNECT
from tests.accounts.browsing import join
from tests.conftest import ScriptedModel
from tests.services.real_server import free_port
from tests.ui.events import name_of, tab
from tests.waiting import until
from tests.web.test_guard import cookie

LATER_SECONDS = 0.05
"""How much later the first text may come where other endpoints are down; a list would take 8 s."""


class Asker:
    """Somebody who opens a page and asks at once, in a process with these endpoints."""

    def __init__(self, settings: Settings, *endpoints: Endpoint) -> None:
        self._settings = settings.model_copy(update={"endpoints": endpoints, "reaper_seconds": 3600})

    async def first_text_seconds(self, times: int) -> list[float]:
        """How long it takes from the question to the first text on the page, each time in a new tab."""
        async with running(self._settings):
            token = await join(f"asker-{uuid4().hex}", self._settings)
            return [await self._ask(token) for _ in range(times)]

    async def _ask(self, token: str) -> float:
        async with tab() as page:
            await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
            began = time.monotonic()
            question = {"text": "count 1", "client_message_id": str(uuid4())}
            asking = asyncio.create_task(
                page.send(name_of(ComposerState, "send"), {"form": question}, cookie=cookie(token), route=CHAT_ROUTE)
            )

            async def has_text() -> bool:
                live, name = LiveState.get_full_name(), "has_text_rx_state_"
                return any(delta.get(live, {}).get(name) for delta in page.deltas)

            await until(has_text, what="the first text")
            seconds = time.monotonic() - began
            asking.cancel()
            return seconds


@pytest.mark.alone
async def test_a_question_waits_for_no_endpoint_that_hangs_or_is_down(placed: Settings, model: ScriptedModel) -> None:
    good = Endpoint(name="Good", base_url=model.server.base_url)
    asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    hanging = Endpoint(name="Hangs", base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    down = Endpoint(name="Down", base_url=f"http://127.0.0.1:{free_port()}/v1")
    among = await Asker(placed, hanging, down, good).first_text_seconds(9)
    alone = await Asker(placed, good).first_text_seconds(9)
    server.close()
    assert asked.is_set()
    # The least of each: what else the machine does makes a question slower, never faster.
    assert min(among) - min(alone) <= LATER_SECONDS, (alone, among)


async def test_where_there_is_no_model_the_page_and_the_answer_to_a_question_say_what_to_set(placed: Settings) -> None:
    down = Endpoint(name="Down", base_url=f"http://127.0.0.1:{free_port()}/v1")
    async with running(placed.model_copy(update={"endpoints": (down,)})), tab() as page:
        token = await join("owner", placed)
        await page.send(CONNECT, cookie=cookie(token), route=CHAT_ROUTE)
        await page.send(name_of(ModelsState, "load"), cookie=cookie(token), route=CHAT_ROUTE)
        advice = page.shown(ModelsState, "advice")
        question = {"text": "count 1", "client_message_id": "1"}
        await page.send(name_of(ComposerState, "send"), {"form": question}, cookie=cookie(token), route=CHAT_ROUTE)
        assert page.shown(ErrorState, "error") == advice
        assert "can't be reached" in advice
        assert "CHATAPP_DEFAULT_MODEL" in advice
        assert page.shown(PickerState, "options")[-1].note == advice
