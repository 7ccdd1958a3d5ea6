"""A message as the page shows it: the one shape between what the database says of it and the components.

A new field of messages is read by a query (`conversations/queries.py`, or `generations/queries.py` for what answers
have), filled in here, and shown by `ui/components/message.py`.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from chatapp.generations.queries import Answer
from chatapp.generations.service import can_continue
from chatapp.reading.history import Entry
from chatapp.ui.state.rows import error_words, links, note
from chatapp.ui.text.accents import without_towers
from chatapp.ui.text.maths import translate

_QUESTION = Answer(message_id="", generation_id="", status="completed")
"""What is said of a question in place of an answer: that nothing is left to do."""


@dataclass(frozen=True)
class MessageView:
    """One message of the shown path, finished or being written: plain values alone. Without any it is no message.

    `text` is what is shown, and "" in the live row, whose text has slots of its own; `raw` is the stored text, only
    where the shown text differs from it. `sources` is markdown. `later_id` is the version that the messages follow
    which were here before, and `later_version` its number; both are set only where the conversation now ends.

    `began_at` is when an active answer was asked for, and `retry_at` when one that the model was too busy for may be
    tried again, in milliseconds since 1970, else 0.
    """

    id: str = ""
    role: str = ""
    status: str = ""
    is_active: bool = False
    text: str = ""
    raw: str = ""
    error: str = ""
    note: str = ""
    sources: str = ""
    version: int = 1
    versions: int = 1
    previous_id: str = ""
    next_id: str = ""
    later_id: str = ""
    later_version: int = 0
    thought_seconds: int = 0
    has_reasoning: bool = False
    can_continue: bool = False
    rating: int = 0
    began_at: int = 0
    retry_at: int = 0


def message_view(entry: Entry, *, is_last: bool = False) -> MessageView:
    """A message as it is stored; only the last one of a conversation can be continued."""
    place = entry.versions.index(entry.id) if entry.id in entry.versions else 0
    around = ("", *entry.versions, "")
    shown = translate(entry.text) if entry.answer else without_towers(entry.text)
    answer = entry.answer or _QUESTION
    return MessageView(
        id=entry.id,
        role=entry.message.role,
        status=shown_status(answer),
        is_active=answer.is_active,
        text=shown,
        raw=entry.text if shown != entry.text else "",
        error=error_words(answer),
        note=note(answer),
        sources=links(answer.sources),
        version=place + 1,
        versions=len(entry.versions),
        previous_id=around[place],
        next_id=around[place + 2],
        later_id=entry.continued_id,
        later_version=entry.versions.index(entry.continued_id) + 1 if entry.continued_id else 0,
        thought_seconds=math.ceil(answer.thought_seconds),
        has_reasoning=bool(answer.reasoning),
        can_continue=is_last and can_continue(answer),
        rating=entry.message.rating,
        began_at=milliseconds(answer.began_at if answer.is_active else None),
        retry_at=milliseconds(answer.retry_at),
    )


def live_view(entry: Entry) -> MessageView:
    """The same message in the live row, to which the page's follower brings the text."""
    view = message_view(entry, is_last=True)
    return replace(view, text="", raw="" if view.is_active else view.raw)


def milliseconds(moment: datetime | None) -> int:
    """A moment as the page counts from it; 0 for none."""
    return round(moment.timestamp() * 1_000) if moment else 0


def shown_status(answer: Answer) -> str:
    """The state as the page names it: a running answer is streaming."""
    return "streaming" if answer.status == "running" else str(answer.status)
