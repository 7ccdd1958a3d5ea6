"""The main job through a real LiteLLM proxy: in front of the scripted model, and of a real llama.cpp server."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from chatapp.catalog import service as catalog
from chatapp.models import Status
from chatapp.settings import Settings
from chatapp.ui.state.rows import error_words
from tests.catalog.listing import all_of
from tests.faults.talking import counted
from tests.real_servers.chatting import Chat, chatting
from tests.services.demo_server import DemoServer
from tests.services.litellm_proxy import KEY, LiteLLMProxy
from tests.services.llama_server import MODEL, LlamaServer, words
from tests.services.real_server import serving
from tests.waiting import until

pytestmark = pytest.mark.timeout(600)  # the first test installs the proxy

WINDOW = 600
"""Tokens that the proxy says the scripted model takes."""

LAST = 200
LONG = f"count {LAST} at 40"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For what the servers write down."""
    return tmp_path_factory.mktemp("litellm")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[DemoServer]:
    """The scripted model behind the proxy."""
    with serving(DemoServer(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def llama(folder: Path) -> Iterator[LlamaServer]:
    """The real model behind the proxy."""
    with serving(LlamaServer(folder, words(40), context=256)) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(folder: Path, demo: DemoServer, llama: LlamaServer) -> Iterator[LiteLLMProxy]:
    """The proxy, which knows the window of one of its models."""
    with serving(LiteLLMProxy(folder, {"demo": demo.url, MODEL: llama.url}, {"demo": WINDOW})) as server:
        yield server


@pytest_asyncio.fixture
async def chat(placed: Settings, proxy: LiteLLMProxy) -> AsyncIterator[Chat]:
    """Somebody who talks to the scripted model."""
    async with chatting(
        placed, openai_base_url=proxy.url, openai_api_key=SecretStr(KEY), default_model="demo"
    ) as talking:
        yield talking


async def test_its_models_are_offered_and_a_window_is_known_that_it_tells(chat: Chat) -> None:
    (group,) = (await all_of(chat.principal)).groups
    assert [choice.name for choice in group.models] == ["demo", MODEL]
    assert await catalog.context_tokens(chat.model) == WINDOW


async def test_every_word_of_an_answer_comes_through(chat: Chat) -> None:
    answer = await chat.ask("count 120 at 200")
    assert (answer.status, answer.finish_reason, answer.text) == (Status.COMPLETED, "stop", counted(120))


async def test_thoughts_are_kept_apart_from_the_answer(chat: Chat) -> None:
    answer = await chat.ask("reasoning")
    assert answer.status == Status.COMPLETED
    assert answer.reasoning.startswith("The person would like to see how I reason.")
    assert answer.text
    assert answer.text not in answer.reasoning


async def test_a_stop_reaches_the_server_behind_it(chat: Chat, demo: DemoServer) -> None:
    await chat.begin(LONG)
    await chat.read()
    assert demo.is_writing(LONG)
    stopped = await chat.stop()

    async def is_idle() -> bool:
        return not demo.is_writing(LONG)

    await until(is_idle, seconds=5, what="the end of the request behind the proxy")
    assert stopped.status == Status.STOPPED
    assert counted(LAST).startswith(stopped.text)


async def test_an_answer_whose_model_dies_behind_it_keeps_its_text_and_goes_on(chat: Chat, demo: DemoServer) -> None:
    await chat.begin(LONG)
    await chat.read()
    demo.kill()
    await expect_broken(chat)
    demo.start()
    await expect_whole(chat)


async def test_an_answer_whose_proxy_is_killed_keeps_its_text_and_goes_on(chat: Chat, proxy: LiteLLMProxy) -> None:
    await chat.begin(LONG)
    await chat.read()
    proxy.kill()
    await expect_broken(chat)
    proxy.start()
    await expect_whole(chat)


async def expect_broken(chat: Chat) -> None:
    """Wait until the answer has failed with words and with the text that had come."""
    broken = await chat.ended()
    assert broken.status == Status.FAILED
    assert error_words(broken).endswith(".")
    assert counted(LAST).startswith(broken.text)
    assert broken.text


async def expect_whole(chat: Chat) -> None:
    """Continue; fails unless all of the answer is there then."""
    answer = await chat.go_on()
    assert (answer.status, answer.text) == (Status.COMPLETED, counted(LAST))


async def test_a_conversation_goes_on_beyond_the_window_of_a_model_behind_it(
    placed: Settings, proxy: LiteLLMProxy
) -> None:
    async with chatting(placed, openai_base_url=proxy.url, openai_api_key=SecretStr(KEY), default_model=MODEL) as chat:
        for _ in range(8):
            answer = await chat.ask("Tell me more about the whales of the northern seas.")
            assert (answer.status, error_words(answer)) == (Status.COMPLETED, "")
            assert answer.text
        assert answer.omitted_messages > 0
