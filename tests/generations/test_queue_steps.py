"""Random steps with a queue, compared after each with what a plain list would say. The test is the runner."""

import random
from dataclasses import dataclass, field

import pytest

from chatapp.accounts.principal import Principal
from chatapp.clock import JumpWatch
from chatapp.conversations.order import service as order
from chatapp.db import database
from chatapp.generations import dispatch, lifecycle, queries, reaper
from chatapp.generations import service as generations
from chatapp.generations.lifecycle import Claim, Outcome
from chatapp.generations.message_queue import advancing
from chatapp.generations.message_queue import service as message_queue
from chatapp.models import Status
from chatapp.streaming.events import Delta
from tests.generations.conversing import ask
from tests.generations.queueing import questions, seen, waiting

pytestmark = pytest.mark.asyncio

STEPS = 60
CLAIMED = 0.7
"""How often an answer is begun before the next step."""

ENDS = (Status.COMPLETED, Status.COMPLETED, Status.FAILED, Status.INTERRUPTED)


@dataclass
class Item:
    """A message as it should wait."""

    id: str
    text: str
    is_removed: bool = False
    is_urgent: bool = False
    edited: str | None = None


@dataclass
class Expected:
    """What should be there: the queue in its order, what was asked, and how the last answer ended ("": it has not)."""

    asked: list[str]
    order: list[Item] = field(default_factory=list)
    ended_as: str = ""

    @property
    def waiting(self) -> list[Item]:
        """What waits, the next one first."""
        return sorted((item for item in self.order if not item.is_removed), key=lambda item: not item.is_urgent)

    def go(self, *, holds: bool = True) -> None:
        """Ask the first one, unless it is held."""
        if self.waiting and not (holds and self.waiting[0].edited is not None and not self.waiting[0].is_urgent):
            first = self.waiting[0]
            self.order.remove(first)
            self.asked.append(first.edited or first.text)
            self.ended_as = ""

    def end(self, status: str) -> None:
        """An answer ends, and the queue goes on, or not."""
        self.ended_as = status
        if status == Status.COMPLETED or (self.waiting and self.waiting[0].is_urgent):
            self.go()

    def change(self) -> None:
        """Something was changed: what nothing holds back any more goes."""
        if self.ended_as == Status.COMPLETED:
            self.go()

    def move(self, moved: Item, place: int) -> None:
        """To a place among those that wait."""
        target = self.waiting[place]
        goes_down = self.waiting.index(moved) < place
        index = self.order.index(moved)
        self.order.remove(moved)
        if target is not moved:
            index = self.order.index(target) + goes_down
        self.order.insert(index, moved)

    def calm(self) -> None:
        """Stop was pressed."""
        for item in self.order:
            item.is_urgent = False


class Walk:
    """Takes steps in one conversation, and in what is expected of it."""

    def __init__(self, who: Principal, conversation_id: str, chance: random.Random) -> None:
        self.who, self.id, self.chance = who, conversation_id, chance
        self.expected = Expected(["message 0"])
        self.sent = 0
        self.held: Claim | None = None  # without, the answer is queued still, and a stop ends it at once

    async def send(self) -> None:
        """Send a message."""
        self.sent += 1
        text = f"message {self.sent}"
        posted = await ask(self.who, text, self.id)
        is_free, is_first = bool(self.expected.ended_as), not self.expected.waiting
        self.expected.order.append(Item(posted.message_id, text))
        if is_free:
            self.expected.go()
        assert posted.is_queued == (not is_free or not is_first)

    async def end(self) -> None:
        """The answer ends in one of many ways."""
        if not self.expected.ended_as:
            await self.claim()
            await self._end(self.chance.choice(ENDS))

    async def stop(self) -> None:
        """Stop, and the runner hears of it."""
        await generations.stop(self.who, self.id)
        if not self.expected.ended_as:
            self.expected.calm()
            await self._end(Status.STOPPED)

    async def send_now(self) -> None:
        """Send one now; the answer before it may end by itself meanwhile."""
        if item := self._any():
            await message_queue.send_now(self.who, self.id, item.id)
            self.expected.calm()
            item.is_urgent = True
            if self.expected.ended_as or not self.held:
                self.expected.go(holds=False)
            else:
                await self._end(self.chance.choice((Status.STOPPED, *ENDS)))

    async def go_on(self) -> None:
        """Go on after a pause."""
        await message_queue.go_on(self.who, self.id)
        if self.expected.ended_as:
            self.expected.go(holds=False)

    async def move(self) -> None:
        """Move one to another place."""
        if item := self._any():
            place = self.chance.randrange(len(self.expected.waiting))
            await message_queue.move(self.who, self.id, item.id, place)
            self.expected.move(item, place)
            self.expected.change()

    async def remove(self) -> None:
        """Remove one."""
        if item := self._any():
            await message_queue.remove(self.who, self.id, item.id)
            item.is_removed = True
            self.expected.change()

    async def undo(self) -> None:
        """Bring one back."""
        if removed := [item for item in self.expected.order if item.is_removed]:
            item = self.chance.choice(removed)
            await message_queue.undo_remove(self.who, self.id, item.id)
            item.is_removed = False
            self.expected.change()

    async def edit(self) -> None:
        """Begin to change one, type, save or cancel."""
        if item := self._any():
            if item.edited is None:
                await message_queue.begin_edit(self.who, self.id, item.id)
                item.edited = item.text
            elif self.chance.random() < 0.4:
                item.edited = f"{item.text}!"
                await message_queue.keep_edit(self.who, self.id, item.id, item.edited)
            elif self.chance.random() < 0.5:
                await message_queue.save(self.who, self.id, item.id, item.edited)
                item.text, item.edited = item.edited, None
            else:
                await message_queue.cancel_edit(self.who, self.id, item.id)
                item.edited = None
            self.expected.change()

    async def delete(self) -> None:
        """Delete the conversation and bring it back; what was being written ends meanwhile, and nothing follows it."""
        await generations.delete_conversations(self.who, [self.id])
        if not self.expected.ended_as:
            self.expected.calm()
            self.expected.ended_as = self.chance.choice((Status.STOPPED, Status.COMPLETED)) if self.held else "stopped"
            await self._store(self.expected.ended_as)
        await order.restore(self.who, [self.id])

    async def compare(self) -> None:
        """Nothing is lost, doubled or out of order, and one answer at most is active."""
        expected = self.expected
        assert await waiting(self.who, self.id) == [item.text for item in expected.waiting]
        assert await questions(self.who, self.id) == expected.asked
        assert (await seen(self.who, self.id)).is_paused == bool(expected.waiting and expected.ended_as)
        async with database.reading() as db:
            active = await queries.list_active_models(db)
        assert len(active) == (not expected.ended_as)

    async def claim(self) -> None:
        """Begin to write the answer, if nobody does yet."""
        async with database.writing() as db:
            for generation_id, _ in await queries.list_active_models(db):
                self.held = await lifecycle.claim(db, generation_id, lease_seconds=30) or self.held

    def _any(self) -> Item | None:
        return self.chance.choice(self.expected.waiting) if self.expected.waiting else None

    async def _end(self, status: Status) -> None:
        await self._store(status)
        self.expected.end(status)

    async def _store(self, status: str) -> None:
        """End the active answer: as its runner does or, where that is dead, as a reaper."""
        held, self.held = self.held, None
        if held and status == Status.INTERRUPTED:
            await reap(held)
        elif held:
            async with database.writing() as db:
                await lifecycle.finalize(db, held.generation_id, held.attempt, Outcome(Status(status), 0, "text"))
                await advancing.advance(db, self.id, status)


async def reap(held: Claim) -> None:
    """Its runner dies, with some text."""
    async with database.writing() as db:
        await lifecycle.checkpoint(db, held, 1, Delta("text"))
        await lifecycle.expire_leases(db)
    await reaper.sweep(JumpWatch())


@pytest.mark.parametrize("seed", range(5))
async def test_a_queue_is_what_a_list_would_be_after_any_steps(
    ada: Principal, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(_generation_id: str) -> None:
        """The test runs it."""

    monkeypatch.setattr(dispatch, "start", start)
    chance = random.Random(seed)
    walk = Walk(ada, (await ask(ada, "message 0")).conversation_id, chance)
    steps = (*[walk.send] * 4, *[walk.end] * 3, *[walk.move] * 2, *[walk.edit] * 3, walk.remove, walk.undo)
    steps = (*steps, walk.send_now, walk.stop, walk.go_on, walk.delete)
    for number in range(STEPS):
        step = chance.choice(steps)
        if step == walk.send and len(walk.expected.waiting) >= 8:
            step = walk.end
        await step()
        try:
            await walk.compare()
        except AssertionError as error:
            raise AssertionError(f"after step {number}, {step.__name__}") from error
        if chance.random() < CLAIMED:
            await walk.claim()
