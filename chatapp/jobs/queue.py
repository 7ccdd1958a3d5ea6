"""Putting jobs into the queues, from any process. Arguments are ids only: a queue is no place for people's words."""

import asyncio

import redis
from dramatiq import Message

from chatapp.errors import RedisUnavailable
from chatapp.jobs import broker
from chatapp.jobs.broker import GENERATIONS, JOBS

GENERATE = "generate"
TITLE = "title"


class Queue:
    """The queues of one Redis, seen from whoever fills them."""

    def __init__(self, redis_url: str) -> None:
        self._broker = broker.make(redis_url)

    async def generate(self, generation_id: str) -> None:
        """Have a worker run a generation. Raises RedisUnavailable."""
        await self._enqueue(GENERATIONS, GENERATE, generation_id)

    async def title(self, conversation_id: str) -> None:
        """Have a worker find a title for a conversation. Raises RedisUnavailable."""
        await self._enqueue(JOBS, TITLE, conversation_id)

    async def _enqueue(self, queue: str, actor: str, subject_id: str) -> None:
        message: Message[object] = Message(queue, actor, args=(subject_id,), kwargs={}, options={})
        try:
            await asyncio.to_thread(self._broker.enqueue, message)
        except redis.RedisError as error:
            raise RedisUnavailable() from error
