"""Measures what reading a crowd's answers line by line through the openai SDK alone takes: no page, storage or chatapp.

Figures of two machines, or of one on two days, cannot be compared; multiples of this one can. The budget of this
project was made where it was 125 ms for 1,000 tokens.
"""

import asyncio
import json
import time
from dataclasses import dataclass, replace
from itertools import count
from typing import Self

from openai import AsyncOpenAI

from bench.served import Served

EVENT = "data: {"  # and not data: [DONE]

_serial = count(1)


@dataclass(frozen=True, slots=True)
class SdkPlan:
    """So many answers of `tokens` at `rate` a second each, all at once, read in this process."""

    people: int
    tokens: int
    rate: int

    async def measure(self, served: Served) -> dict[str, float]:
        """The CPU of this process for 1,000 of the tokens."""
        async with AsyncOpenAI(base_url=f"http://127.0.0.1:{served.server.demo_port}/v1", api_key="none") as client:
            await self._read(client)  # imports and connections are paid for
            before = time.process_time()
            await asyncio.gather(*(self._read(client) for _ in range(self.people)))
            used_seconds = time.process_time() - before
        return {"sdk_cpu_ms_per_1000_tokens": round(1e6 * used_seconds / (self.people * self.tokens))}

    def as_trial(self) -> Self:
        """The same with small numbers."""
        return replace(self, people=2, tokens=self.tokens // 10)

    async def _read(self, client: AsyncOpenAI) -> None:
        question = f"long {self.tokens} at {self.rate}, reader {next(_serial)}"
        asking = client.chat.completions.with_streaming_response.create(
            model="demo", messages=[{"role": "user", "content": question}], stream=True
        )
        async with asking as response:
            async for line in response.iter_lines():
                if line.startswith(EVENT):
                    json.loads(line.removeprefix("data: "))
