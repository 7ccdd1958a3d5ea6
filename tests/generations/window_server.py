"""A model server with a window: it counts what it is sent, refuses in some server's words what is too long, and answers
the rest. It may also refuse a system prompt."""

import asyncio
from collections.abc import Callable

from tests.providers.scripted_server import FINISH, Request, ScriptedServer, event, streamed, whole

ANSWER = "It is so."


class WindowServer(ScriptedServer):
    """Serves the model `demo`. Three characters are a token."""

    def __init__(self) -> None:
        super().__init__()
        self.window = 1_000_000
        self.refusal: Callable[[int, int], object] = lambda window, prompt: {"error": {"message": "too long prompt"}}
        self.system_refusal: tuple[int, object] | None = None
        self.in_stream = False
        self.before_refusal: tuple[bytes, ...] = ()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def respond(self, request: Request) -> tuple[bytes, ...]:
        if not request.fields:
            return whole({"object": "list", "data": [{"id": "demo"}]})
        has_system = request.fields["messages"][0]["role"] == "system"
        if has_system and self.system_refusal:
            return self._refuse(*self.system_refusal)
        tokens = self.tokens_of(request)
        if tokens > self.window:
            return self._refuse(400, self.refusal(self.window, tokens))
        await self.may_answer.wait()
        return streamed(event({"content": ANSWER}), FINISH)

    def tokens_of(self, request: Request) -> int:
        return sum(len(message["content"]) for message in request.fields["messages"]) // 3

    async def close(self) -> None:
        self.may_answer.set()
        await super().close()

    @property
    def asked(self) -> list[list[dict[str, str]]]:
        """The messages of each request so far."""
        return [request.fields["messages"] for request in self.requests if request.fields]

    def _refuse(self, status: int, body: object) -> tuple[bytes, ...]:
        response = whole(body, status)
        if not self.in_stream:
            return response
        return streamed(*self.before_refusal, b"event: error\ndata: " + response[0].split(b"\r\n\r\n")[1] + b"\n\n")
