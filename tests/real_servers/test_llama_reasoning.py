"""The thoughts of a real model."""

from pathlib import Path

import pytest

from chatapp.models import Status
from chatapp.settings import Settings
from tests.real_servers.chatting import chatting
from tests.services.llama_server import THINKING, LlamaServer, thoughts_and_words
from tests.services.real_server import serving

pytestmark = pytest.mark.timeout(600)  # the first test installs the server

THOUGHT, SAID = 40, 60


async def test_thoughts_are_kept_apart_from_the_answer(placed: Settings, tmp_path: Path) -> None:
    with serving(LlamaServer(tmp_path, thoughts_and_words(THOUGHT, SAID), template=THINKING)) as server:
        async with chatting(placed, openai_base_url=server.url) as chat:
            for question in ("How large are whales?", "Tell me more."):
                answer = await chat.ask(question)
                assert answer.status == Status.COMPLETED
                assert (len(answer.reasoning.strip()), len(answer.text.strip())) == (THOUGHT, SAID), answer
