"""What workers do with a job: hand its id to whoever knows what to do. No logic here."""

import dramatiq
from dramatiq.broker import Broker

from chatapp.jobs.broker import GENERATIONS, JOBS
from chatapp.jobs.queue import GENERATE, TITLE
from chatapp.worker.services import Services


def declare(broker: Broker, services: Services) -> None:
    """Have the workers of `broker` do both kinds of jobs."""

    @dramatiq.actor(broker=broker, queue_name=GENERATIONS, actor_name=GENERATE)
    async def generate(generation_id: str) -> None:
        await services.executor.run(generation_id)

    @dramatiq.actor(broker=broker, queue_name=JOBS, actor_name=TITLE)
    async def title(conversation_id: str) -> None:
        await services.title(conversation_id)
