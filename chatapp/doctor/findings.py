"""What the doctor knows about one kind of damage: how to find it, and how to mend it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged thing: its id, and what is wrong with it, in words that hold nothing people wrote.

    `needs` says what a person has to do about it; "" where the doctor can mend it.
    """

    id: str
    words: str
    needs: str = ""


Find = Callable[[AsyncSession], Awaitable[list[Finding]]]
Mend = Callable[[AsyncSession, Sequence[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of damage. `mend` takes the ids that `find` gave within the same transaction."""

    name: str
    find: Find
    mend: Mend
