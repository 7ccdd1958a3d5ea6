"""The checkpoints of all answers that one process writes, gathered into one transaction.

Fifty answers that each committed once a second would make fifty transactions a second, which on SQLite would take its
one write lock fifty times. The text of a checkpoint is in the log already, so nobody waits for it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from chatapp import metrics
from chatapp.db import database
from chatapp.errors import Fenced
from chatapp.generations import lifecycle
from chatapp.generations.lifecycle import Claim
from chatapp.streaming.events import Delta

GATHER_SECONDS = 0.05
"""How long a checkpoint waits for others to join it; far below the second between two of one answer."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What an answer grew by since its last checkpoint, up to `seq` of its log, where the newest came at `text_at`."""

    claim: Claim
    seq: int
    delta: Delta
    text_at: datetime
    saved: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Checkpoints:
    """One per process."""

    def __init__(self) -> None:
        self._waiting: list[Piece] = []
        self._task: asyncio.Task[None] | None = None

    async def save(self, claim: Claim, seq: int, delta: Delta, text_at: datetime) -> None:
        """Store a piece; storing the same one again is harmless. Raises Fenced, and what the database raises."""
        piece = Piece(claim, seq, delta, text_at)
        self._waiting.append(piece)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._save_all(), name="checkpoints")
        await piece.saved

    async def _save_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            pieces, self._waiting = self._waiting, []
            try:
                with metrics.checkpoint():
                    fenced = await _store(pieces)
            except Exception as error:
                _answer(pieces, error)
            else:
                _answer(fenced, Fenced())
                _answer([piece for piece in pieces if piece not in fenced], None)


async def _store(pieces: list[Piece]) -> list[Piece]:
    """Store the pieces in one transaction; returns those whose claim was lost."""
    fenced = []
    async with database.writing() as db:
        for piece in sorted(pieces, key=lambda piece: piece.claim.generation_id):  # one order: no two can deadlock
            try:
                if piece.delta.turns_text:
                    await lifecycle.turn_text(db, piece.claim, piece.seq)
                await lifecycle.checkpoint(db, piece.claim, piece.seq, piece.delta, piece.text_at)
            except Fenced:
                fenced.append(piece)
    return fenced


def _answer(pieces: list[Piece], error: Exception | None) -> None:
    for piece in pieces:
        if piece.saved.done():  # whoever waited for it is gone
            continue
        if error is None:
            piece.saved.set_result(None)
        else:
            piece.saved.set_exception(error)
