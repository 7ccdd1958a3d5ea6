"""A model that refuses a request for its length or its system prompt is asked once more in a way that it takes."""

import random
import uuid
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from chatapp.accounts.principal import Principal
from chatapp.generations import asking
from chatapp.generations import service as generations
from chatapp.generations.queries import Answer
from chatapp.models import Status
from chatapp.process import running
from chatapp.providers import registry
from chatapp.settings import Settings
from chatapp.ui.state.rows import error_words
from tests.conftest import add_person
from tests.generations.conversing import ended
from tests.generations.window_server import ANSWER, WindowServer
from tests.providers.refusals import (
    KEEPS_FOR_ANSWER,
    NAMES_BOTH,
    NAMES_NEITHER,
    REFUSES_SYSTEM,
    BodyWithAnswer,
    of_openai,
)
from tests.providers.scripted_server import event
from tests.waiting import until

pytestmark = pytest.mark.asyncio

SYSTEM_PROMPT = "Be brief."


@pytest_asyncio.fixture
async def server() -> AsyncIterator[WindowServer]:
    made = WindowServer()
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def ada(placed: Settings, server: WindowServer) -> AsyncIterator[Principal]:
    """A person whose model is on `server`, under a name that no test before has taught anything about."""
    endpoint = {"name": f"Box {uuid.uuid4()}", "base_url": server.base_url}
    made = placed.model_copy(
        update={"endpoints": Settings(_env_file=None, endpoints=[endpoint]).endpoints, "auto_title": False}
        | {"context_tokens": 100_000, "system_prompt": SYSTEM_PROMPT, "reaper_seconds": 3600}
    )
    async with running(made):
        yield await add_person("ada")


async def ask(principal: Principal, text: str, conversation_id: str = "", model: str = "demo") -> str:
    """Send a question to one of the models of the server; returns the conversation's id."""
    key = f"{next(iter(registry.current().providers))}/{model}"
    return (await asking.post_message(principal, conversation_id, text, str(uuid.uuid4()), key)).conversation_id


async def answered(principal: Principal, text: str, conversation_id: str = "", model: str = "demo") -> Answer:
    """Ask, and wait for the end of the answer."""
    return await ended(principal, await ask(principal, text, conversation_id, model))


async def talked(principal: Principal, exchanges: int = 6, characters: int = 900) -> str:
    """A conversation of so many questions of so many characters and their short answers; returns its id."""
    conversation_id = ""
    for number in range(exchanges):
        conversation_id = await ask(principal, f"{number} ".ljust(characters, "x"), conversation_id)
        assert (await ended(principal, conversation_id)).status == Status.COMPLETED
    return conversation_id


def keeping_500(body: BodyWithAnswer, window: int, prompt: int) -> object:
    """The refusal of a server that keeps 500 tokens for its answer, beside the `window` for prompts."""
    return body(window + 500, prompt, 500)


def saying(words: str, _window: int, _prompt: int) -> object:
    """A refusal in these words."""
    return of_openai(words)


def numbers_asked(request: list[dict[str, str]]) -> list[str]:
    """Which of the long questions a request holds."""
    return [m["content"].split()[0] for m in request if m["role"] == "user" and m["content"].endswith("x")]


async def test_a_conversation_beyond_the_window_goes_on_with_less_whatever_the_servers_words(
    ada: Principal, server: WindowServer
) -> None:
    conversation_id = await talked(ada, characters=6_000)
    window = random.Random(18).randint(6_000, 9_000)
    for kind, refusal in NAMES_BOTH.items():
        server.refusal, server.window, before = refusal, window, len(server.asked)
        answer = await answered(ada, f"Why, {kind}?", conversation_id, kind)
        asked = server.asked[before:]
        assert (answer.status, answer.text, len(asked)) == (Status.COMPLETED, ANSWER, 2), kind
        assert numbers_asked(asked[0]) == list("012345")
        kept = numbers_asked(asked[1])
        assert kept
        assert kept == list("012345")[-len(kept) :]
        assert asked[1][-1]["content"] == f"Why, {kind}?"
        assert answer.omitted_messages == len(asked[0]) - len(asked[1])


async def test_the_window_is_remembered_and_the_next_question_fits_at_once(
    ada: Principal, server: WindowServer
) -> None:
    conversation_id = await talked(ada)
    server.refusal, server.window = NAMES_BOTH["OpenAI"], 1_200
    await answered(ada, "Why?", conversation_id)
    before = len(server.asked)
    answer = await answered(ada, "And then?", conversation_id)
    assert (answer.status, len(server.asked) - before) == (Status.COMPLETED, 1)
    assert answer.omitted_messages > 0


async def test_what_the_server_keeps_for_its_answer_is_left_free(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    for kind, refusal in KEEPS_FOR_ANSWER.items():
        server.window, before = 1_100, len(server.asked)
        server.refusal = partial(keeping_500, refusal)
        answer = await answered(ada, f"Why, {kind}?", conversation_id, kind)
        assert (answer.status, len(server.asked) - before) == (Status.COMPLETED, 2), kind


async def test_where_no_number_is_named_half_is_sent(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    for number, words in enumerate(NAMES_NEITHER):
        server.window, before = 1_200, len(server.asked)
        server.refusal = partial(saying, words)
        answer = await answered(ada, f"Why, {number}?", conversation_id, f"model-{number}")
        asked = server.asked[before:]
        assert (answer.status, len(asked)) == (Status.COMPLETED, 2), words
        assert len(numbers_asked(asked[1])) == 2  # with the last question and its like, less than half of six


async def test_a_refusal_within_the_stream_is_one_too(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    server.refusal, server.window, server.in_stream = NAMES_BOTH["LM Studio"], 1_200, True
    answer = await answered(ada, "Why?", conversation_id)
    assert (answer.status, answer.text) == (Status.COMPLETED, ANSWER)


async def test_once_something_is_shown_nothing_is_asked_again(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    server.refusal, server.window, server.in_stream = NAMES_BOTH["OpenAI"], 1_200, True
    server.before_refusal = (event({"content": "It"}),)
    before = len(server.asked)
    answer = await answered(ada, "Why?", conversation_id)
    assert (answer.status, answer.error_code, answer.text) == (Status.FAILED, "context_too_long", "It")
    assert len(server.asked) - before == 1


async def test_a_question_that_is_too_long_alone_is_told_so_and_spoils_nothing(
    ada: Principal, server: WindowServer
) -> None:
    conversation_id = await talked(ada, exchanges=2)
    server.refusal, server.window, before = NAMES_BOTH["llama.cpp"], 1_200, len(server.asked)
    answer = await answered(ada, "y" * 6_000, conversation_id)
    assert (answer.status, answer.error_code) == (Status.FAILED, "context_too_long")
    assert error_words(answer).startswith("Your message is too long for this model. Shorten it")
    assert len(server.asked) - before <= 2
    assert (await answered(ada, "Why?", conversation_id)).status == Status.COMPLETED


async def test_a_question_that_fills_most_of_the_window_is_asked_alone(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada, exchanges=3)
    server.refusal, server.window = NAMES_BOTH["llama.cpp"], 1_200
    answer = await answered(ada, "y" * 2_700, conversation_id)  # 900 tokens there: three quarters
    assert (answer.status, answer.omitted_messages) == (Status.COMPLETED, 6)


async def test_a_server_that_refuses_the_second_try_too_is_not_asked_for_ever(
    ada: Principal, server: WindowServer
) -> None:
    conversation_id = await talked(ada)
    server.refusal, server.window, before = (
        partial(saying, "prompt is too long"),
        10,
        len(server.asked),
    )
    answer = await answered(ada, "Why?", conversation_id)
    assert (answer.error_code, len(server.asked) - before) == ("context_too_long", 2)


async def test_stop_ends_the_second_try(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    server.refusal, server.window = NAMES_BOTH["OpenAI"], 1_200
    server.may_answer.clear()
    before = len(server.asked)
    await ask(ada, "Why?", conversation_id)

    async def is_asked_again() -> bool:
        return len(server.asked) - before == 2

    await until(is_asked_again, what="the second try")
    await generations.stop(ada, conversation_id)
    answer = await ended(ada, conversation_id, seconds=5)
    assert (answer.status, answer.text) == (Status.STOPPED, "")


async def test_a_refused_system_prompt_goes_into_the_first_question(ada: Principal, server: WindowServer) -> None:
    for kind, refusal in REFUSES_SYSTEM.items():
        server.system_refusal, before = refusal, len(server.asked)
        answer = await answered(ada, "Why?", model=kind)
        assert (answer.status, answer.text) == (Status.COMPLETED, ANSWER), kind
        assert server.asked[-1] == [{"role": "user", "content": f"{SYSTEM_PROMPT}\n\nWhy?"}]
        again = len(server.asked)
        assert again - before <= 3  # a status of 500 may pass, so it is tried again as it was
        assert (await answered(ada, "And?", model=kind)).status == Status.COMPLETED
        assert len(server.asked) - again == 1, "remembered"


async def test_a_refused_system_prompt_and_a_window_are_both_got_over(ada: Principal, server: WindowServer) -> None:
    conversation_id = await talked(ada)
    server.system_refusal = REFUSES_SYSTEM["o1-mini"]
    server.refusal, server.window, server.in_stream = NAMES_BOTH["OpenAI"], 1_200, True
    answer = await answered(ada, "Why?", conversation_id, "o1-mini")
    assert (answer.status, answer.text) == (Status.COMPLETED, ANSWER)
