"""The main job with a real llama.cpp server and a real small model, by the services."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chatapp.catalog import service as catalog
from chatapp.models import Status
from chatapp.settings import Endpoint, Settings
from chatapp.ui.state.rows import error_words
from tests.generations.conversing import answer_of
from tests.real_servers.chatting import Chat, chatting
from tests.services.llama_server import LONG, MODEL, WITHOUT_SYSTEM_ROLE, LlamaServer, words
from tests.services.real_server import serving
from tests.waiting import until

pytestmark = pytest.mark.timeout(600)  # the first test installs the server

SHORT = 60
SMALL_WINDOW = 256
MORE = "Tell me more about the whales of the northern seas."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the logs of the servers."""
    return tmp_path_factory.mktemp("llama")


@pytest.fixture(scope="module")
def brief(folder: Path) -> Iterator[LlamaServer]:
    """A server of short answers, with a small window."""
    with serving(LlamaServer(folder, words(SHORT), context=SMALL_WINDOW, template=WITHOUT_SYSTEM_ROLE)) as server:
        yield server


@pytest.fixture(scope="module")
def lengthy(folder: Path) -> Iterator[LlamaServer]:
    """A server whose answers take many seconds."""
    with serving(LlamaServer(folder, words(LONG))) as server:
        yield server


@pytest_asyncio.fixture
async def briefly(placed: Settings, brief: LlamaServer) -> AsyncIterator[Chat]:
    """Somebody who gets short answers."""
    async with chatting(placed, openai_base_url=brief.url) as chat:
        yield chat


@pytest_asyncio.fixture
async def at_length(placed: Settings, lengthy: LlamaServer) -> AsyncIterator[Chat]:
    """Somebody who gets long answers."""
    async with chatting(placed, openai_base_url=lengthy.url) as chat:
        yield chat


async def test_its_model_is_offered_and_its_window_known(briefly: Chat) -> None:
    assert briefly.model.endswith(f"/{MODEL}")
    assert await catalog.context_tokens(briefly.model) == SMALL_WINDOW


async def test_an_answer_is_written_to_its_end(briefly: Chat) -> None:
    answer = await briefly.ask("Tell me about whales.")
    assert (answer.status, answer.finish_reason, len(answer.text)) == (Status.COMPLETED, "stop", SHORT)


async def test_a_stop_frees_the_server(at_length: Chat, lengthy: LlamaServer) -> None:
    await at_length.begin("Tell me about whales.")
    await at_length.read()
    assert not lengthy.is_idle()
    stopped = await at_length.stop()

    async def is_idle() -> bool:
        return lengthy.is_idle()

    await until(is_idle, seconds=5, what="a free slot")
    assert stopped.status == Status.STOPPED
    assert 0 < len(stopped.text) < LONG
    assert await answer_of(at_length.principal, at_length.id) == stopped


async def test_an_answer_whose_server_is_killed_keeps_its_text_and_goes_on_once_it_is_back(
    at_length: Chat, lengthy: LlamaServer
) -> None:
    await at_length.begin("Tell me about whales.")
    await at_length.read()
    lengthy.kill()
    broken = await at_length.ended()
    assert broken.status == Status.FAILED
    assert error_words(broken).endswith(".")
    await at_length.retry()
    away = await at_length.ended()
    assert (away.status, away.text) == (Status.FAILED, "")
    assert "can't be reached" in error_words(away)
    lengthy.start()
    await at_length.retry()
    await at_length.read()
    assert (await at_length.stop()).status == Status.STOPPED


async def test_a_conversation_goes_on_beyond_the_window_that_the_list_tells(briefly: Chat) -> None:
    for _ in range(8):
        answer = await briefly.ask(MORE)
        assert (answer.status, len(answer.text)) == (Status.COMPLETED, SHORT)
    assert answer.omitted_messages > 0


async def test_a_conversation_goes_on_beyond_the_window_of_a_model_that_the_operator_named(
    placed: Settings, brief: LlamaServer
) -> None:
    named = Endpoint(name="Box", base_url=brief.url, models=(MODEL,))
    async with chatting(placed, endpoints=(named,)) as chat:
        for _ in range(8):
            answer = await chat.ask(MORE)
            assert answer.status == Status.COMPLETED, answer
            assert answer.text
        assert answer.omitted_messages > 0


async def test_a_question_that_is_longer_than_the_window_is_told_so(briefly: Chat) -> None:
    answer = await briefly.ask("whale " * 2 * SMALL_WINDOW)
    assert (answer.status, answer.error_code) == (Status.FAILED, "context_too_long")
    assert (await briefly.ask("And whales?")).status == Status.COMPLETED


async def test_a_template_that_refuses_the_system_role_is_given_its_words_in_the_question(
    placed: Settings, brief: LlamaServer
) -> None:
    async with chatting(placed, openai_base_url=brief.url, system_prompt="Be brief.") as chat:
        assert (await chat.ask("Tell me about whales.")).status == Status.COMPLETED
        assert (await chat.ask("Tell me more.")).status == Status.COMPLETED
