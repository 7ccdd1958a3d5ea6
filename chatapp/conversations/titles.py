"""Titles of conversations as plain text: one from the question, at once, and what a model said as one."""

import re
import unicodedata

PLAIN_TITLE_MAX_CHARACTERS = 60
"""What one line of the sidebar shows at most."""

LINE_MAX_CHARACTERS = 500
"""How much of a line is looked at: what tells marks from text takes time with the square of it."""

SENTENCE_MIN_CHARACTERS = 15
"""A shorter first sentence is a greeting, and says nothing about the conversation."""

NO_TITLE = "New conversation"

REASONING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
BLOCK_MARK = re.compile(r"^(?:#{1,6}\s+|>\s*|[-*+]\s+|\d{1,3}[.)]\s+)+")
# Not "__": questions about __init__ are more frequent than those who type bold that way.
EMPHASIS = re.compile(r"(\*\*|~~|`)(?=\S)(.+?)(?<=\S)\1")
LABEL = re.compile(r"^(?:title|titel|titre|título)\s*:\s*", re.IGNORECASE)
SENTENCE = re.compile(r".+?(?:[.!?…](?=\s)|[。！？])")
QUOTES = "\"'`“”„‘’«»「」『』"


def fallback_title(question: str) -> str:
    """The question's first line, or the first sentence of a long one, as plain text. Never empty."""
    lines = (_plain(line) for line in question.splitlines() if not line.lstrip().startswith(("```", "~~~")))
    line = next((line for line in lines if line), NO_TITLE)
    sentence = SENTENCE.match(line)
    if len(line) > PLAIN_TITLE_MAX_CHARACTERS and sentence and len(sentence[0]) >= SENTENCE_MIN_CHARACTERS:
        line = sentence[0]
    return _shortened(line)


def clean_title(said: str) -> str:
    """The title in what a model said: its first line without reasoning, quotes and marks; "" if there is none."""
    lines = (_plain(line) for line in REASONING.sub("", said).splitlines())
    line = LABEL.sub("", next((line for line in lines if line), ""))
    title = _plain(line.strip(QUOTES + " "))
    return _shortened(title.removesuffix(".") if not title.endswith("..") else title)


def _plain(line: str) -> str:
    """One line without markdown and without characters that a page would not show, or would obey."""
    line = BLOCK_MARK.sub("", LINK.sub(r"\1", line.strip()[:LINE_MAX_CHARACTERS]).strip())
    line = EMPHASIS.sub(r"\2", line)
    return " ".join("".join(c for c in line if c.isspace() or not _is_control(c)).split())


def _is_control(character: str) -> bool:
    """Control characters, text direction overrides and half surrogates; not the joiners that emoji are made with."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character not in "\u200c\u200d"


def _shortened(text: str) -> str:
    """At most 60 characters, cut between words where there are any, never within an emoji or accented letter."""
    if len(text) <= PLAIN_TITLE_MAX_CHARACTERS:
        return text
    cut = PLAIN_TITLE_MAX_CHARACTERS - 1
    last_space = text.rfind(" ", PLAIN_TITLE_MAX_CHARACTERS // 2, cut + 1)
    if last_space > 0:
        cut = last_space
    while cut > 1 and (_belongs_to_the_one_before(text[cut]) or text[cut - 1] == "\u200d"):
        cut -= 1
    return text[:cut].rstrip(" ,;:-") + "…"


def _belongs_to_the_one_before(character: str) -> bool:
    return character == "\u200d" or unicodedata.category(character).startswith("M")
