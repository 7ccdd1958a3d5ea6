"""The words of messages and the rows of the sidebar, from domain data: pure mapping, no state and no database."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit

from chatapp import words
from chatapp.conversations.order.service import Summary
from chatapp.generations.queries import Answer
from chatapp.providers.base import Source
from chatapp.ui.state.views import ConversationRow
from chatapp.words import say

_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
"""What stays as it is in an address; what would end it, or is no ASCII, is percent-encoded."""


def error_words(answer: Answer) -> str:
    """Why an answer failed: an older version has stored the sentence itself. A counted wait is not said."""
    known = {**answer.error_parameters, **({"retry_after_seconds": None} if answer.retry_at else {})}
    return answer.error_message or (say(answer.error_reason, known) if answer.error_code else "")


def note(answer: Answer) -> str:
    """What a reader should know about how an answer came to be."""
    notes = []
    if answer.omitted_messages:
        notes.append(omission(answer.omitted_messages))
    if answer.left_out:
        notes.append(words.LEFT_OUT.format(names=", ".join(words.SETTING_NAMES[name] for name in answer.left_out)))
    if end := _end(answer.finish_reason):
        notes.append(end)
    return " ".join(notes)


def _end(finish_reason: str) -> str:
    """Why an answer ended, where that is not because it is whole."""
    match finish_reason:
        case "" | "stop":
            return ""
        case "length":
            return words.LENGTH_LIMIT
        case "content_filter":
            return words.FILTERED
    return words.ENDED_EARLY.format(finish_reason=finish_reason)


def links(sources: Sequence[Source]) -> str:
    """What an answer refers to, as a numbered list in markdown; "" without any.

    Titles and addresses are hostile: no character of a title is markup, and none of an address ends it.
    """
    return "\n".join(f"{number}. {_link(source)}" for number, source in enumerate(sources, start=1))


def _link(source: Source) -> str:
    name = _MARKUP.sub(r"\\\g<0>", source.title or urlsplit(source.url).hostname or words.SOURCE_WITHOUT_ADDRESS)
    return f"[{name}](<{quote(source.url, safe=_IN_ADDRESSES)}>)" if source.url else name


def omission(count: int) -> str:
    """What the model was not given of the conversation."""
    if count == 1:
        return words.OMITTED_ONE
    return words.OMITTED.format(count=count)


def announcement(answer: Answer) -> str:
    """What a screen reader says when an answer has started or ended."""
    return {
        "completed": words.SAID_FINISHED.format(words=len(answer.text.split())),
        "stopped": words.SAID_STOPPED,
        "interrupted": words.SAID_INTERRUPTED,
        "failed": words.SAID_ERROR.format(error=error_words(answer)),
    }.get(answer.status, words.SAID_STARTED)


def conversation_rows(conversations: Sequence[Summary], today: date, to_local: datetime) -> list[ConversationRow]:
    """The sidebar's lines, with a heading where a new group begins. `to_local` carries the reader's time zone."""
    rows, previous = [], ""
    for one in conversations:
        day = one.moment.astimezone(to_local.tzinfo).date()
        group = words.PINNED if one.is_pinned else date_group(day, today)
        rows.append(ConversationRow(one.id, one.title, "" if group == previous else group, one.is_pinned))
        previous = group
    return rows


@lru_cache(maxsize=4_096)
def date_group(day: date, today: date) -> str:
    """The name of the group that a day belongs to, as seen from `today`."""
    if day >= today:
        return words.TODAY
    if day == today - timedelta(days=1):
        return words.YESTERDAY
    for days in (7, 30):
        if day >= today - timedelta(days=days):
            return words.PREVIOUS_DAYS.format(days=days)
    return f"{day:%B}" if day.year == today.year else f"{day:%B %Y}"
