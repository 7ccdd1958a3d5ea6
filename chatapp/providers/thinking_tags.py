"""Tells thinking from answer where a model writes both into its content: `<think>...</think>`, then the answer.

Pure and incremental: pieces of content in, parts out, however the tags are cut. Tags count at the beginning only; later
in a text, or in code, the same words are text. Some models' templates open the thinking themselves, so that only the
closing tag comes. Nobody can know that before it does, and an ordinary answer must not wait for it: what came until
then was shown as text, and TextWasReasoning says that it is none.
"""

import re

from chatapp.providers.base import ReasoningPart, TextPart, TextWasReasoning

Parts = list[TextPart | ReasoningPart | TextWasReasoning]

_OPENING = re.compile(r"<(think|thinking|thought)>", re.IGNORECASE)
_CLOSING = re.compile(r"</(think|thinking|thought)>", re.IGNORECASE)
_TAGS = tuple(f"<{slash}{name}>" for name in ("think", "thinking", "thought") for slash in ("", "/"))
_TAG_MAX_CHARACTERS = max(map(len, _TAGS))

_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_LINE_START = re.compile(r"(?:\A|\n) {0,3}\Z")
_SENTENCE_END = re.compile(r"[.!?:…。！？][)\"'”’*_]* ?\Z")
_QUOTE_BEFORE = re.compile(r"[\s`\"'“‘«(\[<>=/*_|-]\Z")
_QUOTE_AFTER = re.compile(r"[\s.,;:!?`\"'”’»)\]}|]")

LOOKS_MAX = 16
"""After so many closing tags that ended nothing, the text is taken for one about tags."""

CODE_INDENT = 4
"""An answer that begins with code is indented by so much; less of it means nothing."""


class ThinkingTags:
    """The content of one answer, piece by piece."""

    def __init__(self) -> None:
        self._read = self._read_start
        self._held = ""  # what may be the beginning of a tag, or has to be seen with what follows it
        self._opened_by = ""
        self._has_thought = False
        self._before: list[str] = []  # the text so far, while a closing tag could still turn it into reasoning
        self._looks_left = LOOKS_MAX

    @property
    def has_text(self) -> bool:
        """Whether the answer itself has begun."""
        return self._read == self._read_text

    def feed(self, text: str) -> Parts:
        """What this piece of content brings."""
        return self._read(self._held + text if self._held else text)

    def settle(self) -> None:
        """The server tells the reasoning apart itself: a closing tag without an opening one is text."""
        self._looks_left = 0
        self._before.clear()

    def end(self) -> Parts:
        """What was held back, now that nothing more comes."""
        held, self._held = self._held, ""
        if self._read == self._read_start:
            return _text(self._beginning(held))
        return _reasoning(held) if self._read == self._read_thinking else _text(held)

    def _read_start(self, text: str) -> Parts:
        """Before the answer itself: spaces, and perhaps thinking."""
        self._held = text
        begun = text.lstrip()
        if tag := _OPENING.match(begun):
            self._opened_by, self._read = tag[1], self._read_thinking
            return self._restart(begun[tag.end() :].lstrip())
        if tag := _CLOSING.match(begun):
            self._has_thought = True
            return self._restart(begun[tag.end() :])
        if not begun or _may_become_tag(begun):
            return []
        self._read = self._read_text
        if self._has_thought:
            self.settle()
        return self._restart(self._beginning(text))

    def _read_thinking(self, text: str) -> Parts:
        self._has_thought = True
        end = re.search(f"</{self._opened_by}>", text, re.IGNORECASE)
        if end is None:
            shown, self._held = _without_cut_tag(text)
            return _reasoning(shown)
        self._read = self._read_start
        return _reasoning(text[: end.start()]) + self._restart(text[end.end() :])

    def _read_text(self, text: str) -> Parts:
        """The answer, and for as long as it may turn out to be thinking, a look at each closing tag."""
        if not self._looks_left:
            self._held = ""
            return _text(text)
        if "<" not in text:
            self._held = ""
            self._before.append(text)
            return _text(text)
        return self._look_for_end(text)

    def _look_for_end(self, text: str) -> Parts:
        tag = _CLOSING.search(text)
        if tag is None:
            shown, self._held = _without_cut_tag(text)
            self._before.append(shown)
            return _text(shown)
        if not text[tag.end() :].strip(" \t"):  # what follows it decides
            shown, self._held = text[: tag.start()], text[tag.start() :]
            self._before.append(shown)
            return _text(shown)
        if _ends_thinking("".join(self._before) + text[: tag.start()], text[tag.end() :]):
            return self._turn(text[: tag.start()], text[tag.end() :])
        self._looks_left -= 1
        self._before.append(text[: tag.end()])
        return _text(text[: tag.end()]) + self._restart(text[tag.end() :])

    def _turn(self, thought: str, answer: str) -> Parts:
        was_shown = any(self._before)
        self.settle()
        self._has_thought, self._read = True, self._read_start
        turned: Parts = [TextWasReasoning()] if was_shown else []
        return turned + _reasoning(thought) + self._restart(answer)

    def _restart(self, text: str) -> Parts:
        self._held = ""
        return self._read(text)

    def _beginning(self, text: str) -> str:
        """The first characters of the answer, without what stands between it and the thinking."""
        if not self._has_thought:
            return text
        begun = text.lstrip()
        indent = text[: len(text) - len(begun)].rpartition("\n")[2]
        return indent + begun if begun and len(indent) >= CODE_INDENT else begun


def _ends_thinking(before: str, after: str) -> bool:
    """Whether a closing tag that nothing opened ends the thinking, instead of being spoken of."""
    line = before[before.rfind("\n") + 1 :]
    if _OPENING.search(before) or len(_FENCE.findall(before)) % 2 or line.count("`") % 2:
        return False
    if _LINE_START.search(before):
        return True
    is_glued = bool(_SENTENCE_END.search(before)) or not _QUOTE_BEFORE.search(before)
    return is_glued and (after.lstrip(" \t").startswith(("\n", "\r")) or not _QUOTE_AFTER.match(after))


def _may_become_tag(text: str) -> bool:
    return any(tag.startswith(text.lower()) for tag in _TAGS)


def _without_cut_tag(text: str) -> tuple[str, str]:
    """The text in two: what can go out, and an end that may be the beginning of a tag."""
    cut = text.rfind("<", max(0, len(text) - _TAG_MAX_CHARACTERS))
    return (text[:cut], text[cut:]) if cut >= 0 and _may_become_tag(text[cut:]) else (text, "")


def _text(text: str) -> Parts:
    return [TextPart(text)] if text else []


def _reasoning(text: str) -> Parts:
    return [ReasoningPart(text)] if text else []
