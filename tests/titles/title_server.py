"""A model server that answers questions at once, and titles as the test has it."""

import asyncio

from tests.providers.scripted_server import FINISH, Request, ScriptedServer, event, streamed, whole


def says(title: str) -> tuple[bytes, ...]:
    """The response that gives this title."""
    return whole({"choices": [{"message": {"content": title}}]})


class TitleServer(ScriptedServer):
    """`title` is the response to a request for one, which comes once `may_title` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.title = says("A good title")
        self.may_title = asyncio.Event()
        self.may_title.set()

    async def respond(self, request: Request) -> tuple[bytes, ...]:
        if not request.fields:
            return whole({"data": [{"id": "demo"}]})
        if request.fields.get("stream"):
            return streamed(event({"content": "It is so."}), FINISH)
        await self.may_title.wait()
        return self.title

    @property
    def title_requests(self) -> list[Request]:
        """The requests for titles so far."""
        return [request for request in self.requests if request.fields and not request.fields.get("stream")]
