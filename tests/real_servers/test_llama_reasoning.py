"""The thoughts of a real model, as llama.cpp takes them out of its text and as it leaves them there."""

from pathlib import Path

import pytest

from chatapp.models import Status
from chatapp.settings import Settings
from tests.real_servers.chatting import chatting
from tests.services.llama_server import THINKING, LlamaServer, thoughts_and_words
from tests.services.real_server import serving

pytestmark = pytest.mark.timeout(600)  # the first test installs the server

THOUGHT, SAID = 40, 60


@pytest.mark.parametrize("in_content", [False, True], ids=["of their own", "as tags in the text"])
async def test_thoughts_are_kept_apart_from_the_answer(placed: Settings, tmp_path: Path, in_content: bool) -> None:
    grammar = thoughts_and_words(THOUGHT, SAID)
    with serving(LlamaServer(tmp_path, grammar, template=THINKING, think_in_content=in_content)) as server:
        async with chatting(placed, openai_base_url=server.url) as chat:
            for question in ("How large are whales?", "Tell me more."):
                answer = await chat.ask(question)
                assert answer.status == Status.COMPLETED
                assert (len(answer.reasoning.strip()), len(answer.text.strip())) == (THOUGHT, SAID), answer
