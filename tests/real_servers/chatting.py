"""chatapp's services at a server that nobody here wrote: what a person does in a page, without the page."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chatapp.accounts.principal import Principal
from chatapp.catalog import service as catalog
from chatapp.generations import asking
from chatapp.generations import service as generations
from chatapp.generations.queries import Answer
from chatapp.process import running
from chatapp.settings import Settings
from tests.catalog.listing import all_of
from tests.conftest import add_person
from tests.generations.conversing import answer_of, ended, has_text

SECONDS = 60
"""How long an answer may take on a machine that does other things too."""


@dataclass
class Chat:
    """One conversation of one person with one model."""

    principal: Principal
    model: str
    id: str = ""

    async def ask(self, question: str) -> Answer:
        """Ask, and wait for the end of the answer."""
        await self.begin(question)
        return await self.ended()

    async def begin(self, question: str) -> None:
        """Ask in this conversation, without waiting."""
        message_id = str(uuid.uuid4())
        posted = await asking.post_message(self.principal, self.id, question, message_id, self.model)
        self.id = posted.conversation_id

    async def stop(self) -> Answer:
        """Press Stop; returns the answer as it ended."""
        await generations.stop(self.principal, self.id)
        return await self.ended()

    async def go_on(self) -> Answer:
        """Press Continue, and wait for the end."""
        answer = await answer_of(self.principal, self.id)
        await generations.continue_answer(self.principal, answer.message_id)
        return await self.ended()

    async def retry(self) -> None:
        """Press Retry, without waiting."""
        answer = await answer_of(self.principal, self.id)
        await generations.regenerate(self.principal, answer.message_id, self.model)

    async def read(self) -> None:
        """Wait until some text of the answer is stored."""
        await has_text(self.principal, self.id, seconds=SECONDS)

    async def ended(self) -> Answer:
        """The last answer, once it is final."""
        return await ended(self.principal, self.id, seconds=SECONDS)


@asynccontextmanager
async def chatting(settings: Settings, **own: object) -> AsyncIterator[Chat]:
    """chatapp with the settings `own`, and somebody who talks to the model that it picks."""
    made = settings.model_copy(update={"reaper_seconds": 3600, "auto_title": False, **own})
    async with running(made):
        ada = await add_person("ada")
        yield Chat(ada, catalog.default_model(ada, await all_of(ada)))
