"""Decides which script answers a request: a title, the rest of an earlier answer, or what the last question wishes."""

import re
from dataclasses import replace

from chatapp.demo_model.chat_request import ChatRequest
from chatapp.demo_model.script import FASTEST_RATE_PER_SECOND, Script
from chatapp.demo_model.tokens import after_common_prefix, split_tokens
from chatapp.demo_model.wishes import script_of

_TITLE_WORDS = 9
_NO_LAST_WORD = re.compile(
    "an?|and|are|as|at|but|by|for|from|in|is|it|of|on|or|than|that|the|their|these|this|those|to|what|with|you|your",
    re.IGNORECASE,
)
"""Words after which a title reads as if it had been cut off, which it was."""
_SPEAKER = re.compile(r"^\s*(?:user|question|person)\s*:\s*", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")


def script_for(request: ChatRequest) -> Script:
    """The script that answers `request`; the same request always gets the same."""
    if request.is_title:
        return Script(split_tokens(_title(request.first_question)), rate_per_second=FASTEST_RATE_PER_SECOND)
    script = script_of(request.question)
    if request.said_so_far:
        return _rest(script, request.said_so_far)
    return script


def _rest(script: Script, said: str) -> Script:
    """What `script` still has to say. A fault strikes once: going on after it is how a person gets the whole answer."""
    return replace(script, parts=after_common_prefix(script.parts, said), reasoning=(), fault=None)


def _cut(words: list[str]) -> list[str]:
    end = next((n for n in range(_TITLE_WORDS, 0, -1) if not _NO_LAST_WORD.fullmatch(words[n - 1])), _TITLE_WORDS)
    return words[:end]


def _title(first_question: str) -> str:
    words = _WORD.findall(_SPEAKER.sub("", first_question))
    title = " ".join(words if len(words) <= _TITLE_WORDS else _cut(words))
    return title[:1].upper() + title[1:] if title else "New conversation"
