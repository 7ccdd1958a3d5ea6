"""A websocket that is not accepted yet, and waits for its turn: all that its other side can say is that it has gone."""

import asyncio

from starlette.types import Message, Receive


async def is_gone_within(receive: Receive, seconds: float) -> bool:
    """Wait so long; returns at once when the other side ends the connection."""
    if not seconds:
        return False
    try:
        async with asyncio.timeout(seconds):
            await receive()
    except TimeoutError:
        return False
    return True


def again(message: Message, receive: Receive) -> Receive:
    """Hands out the message, then what comes."""
    first = [message]

    async def received() -> Message:
        return first.pop() if first else await receive()

    return received
