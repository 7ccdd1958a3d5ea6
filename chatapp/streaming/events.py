"""What travels over the event log: text of running answers, and notices that something changed.

The log carries what is new since the last checkpoint; the database is the truth. Losing the log loses no text that
was checkpointed, and a notice says only "look again", never what is there.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Position(NamedTuple):
    """A place in the log of one generation: the attempt that wrote it, and its number in that attempt (from 1)."""

    attempt: int
    seq: int


START = Position(0, 0)


@dataclass(frozen=True, slots=True)
class Delta:
    """Text and reasoning that an answer grew by. Only End follows the last one, once the end is stored.

    `turns_text` says that the text of this generation before it was reasoning (TextWasReasoning in providers/base.py):
    it goes behind the reasoning before it, and the answer begins with this one's text.
    """

    text: str = ""
    reasoning: str = ""
    is_last: bool = False
    turns_text: bool = False

    def plus(self, other: "Delta") -> "Delta":
        """Both as one that is not marked as the last."""
        if other.turns_text:
            return Delta(other.text, self.reasoning + self.text + other.reasoning, turns_text=True)
        return Delta(self.text + other.text, self.reasoning + other.reasoning, turns_text=self.turns_text)


@dataclass(frozen=True, slots=True)
class End:
    """The generation is final. Whoever reads this may trust the database for everything else."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Something about `what` changed; look it up. The key of the feed says whose."""

    what: str


Event = Delta | End | Changed


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its place."""

    position: Position
    event: Event


def generation_key(generation_id: str) -> str:
    """The log of one generation."""
    return f"generation:{generation_id}"


def conversation_key(conversation_id: str) -> str:
    """The feed of one conversation: a message came, an answer started or ended, the title changed."""
    return f"conversation:{conversation_id}"


def person_key(user_id: str) -> str:
    """The feed of one person: the list of conversations changed."""
    return f"person:{user_id}"


def control_key(generation_id: str) -> str:
    """The feed on which a stop is announced to whoever runs the generation."""
    return f"control:{generation_id}"
