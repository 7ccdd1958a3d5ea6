"""How many tokens a text has, roughly: characters are counted, and the result is corrected by what servers report.

A tokenizer would have to be downloaded, knows one family of models, and is slow on a long text.
"""

import re
from collections import OrderedDict

MESSAGE_TOKENS = 4
"""What each message costs beside its text (OpenAI's cookbook: 3 to 4)."""

ASCII_CHARACTERS_PER_TOKEN = 4
OTHER_CHARACTERS_PER_TOKEN = 2
"""Cyrillic, Greek, Arabic, accented letters; Chinese, Japanese, Korean and emoji take about a token a character."""

WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U0001f000-\U0003ffff]+")

OBSERVED_MIN_TOKENS = 200
"""A shorter prompt tells more about what the server adds around it than about the text."""

CORRECTION_BOUNDS = (0.5, 4.0)
"""Prose lies between 0.7 and 1.5; digits and encoded data take up to four times the tokens of prose."""

MODELS_MAX = 256


def estimate_tokens(text: str) -> int:
    """The tokens of `text`, rounded up; exact to about a third for prose, less so for code and rare scripts."""
    if text.isascii():
        return -(-len(text) // ASCII_CHARACTERS_PER_TOKEN)
    plain = len(text.encode("ascii", "ignore"))
    wide = sum(len(found) for found in WIDE.findall(text))
    other = len(text) - plain - wide
    return wide - (-plain // ASCII_CHARACTERS_PER_TOKEN) - (-other // OTHER_CHARACTERS_PER_TOKEN)


class Estimator:
    """How far the estimates are off for each model, learnt from what servers report. It is kept in memory only."""

    def __init__(self) -> None:
        self._corrections: OrderedDict[str, float] = OrderedDict()

    def correction(self, model: str) -> float:
        """What an estimate for this model must be multiplied by; 1 while nothing is known."""
        return self._corrections.get(model, 1.0)

    def observe(self, model: str, estimated_tokens: int, prompt_tokens: int) -> None:
        """Learn that a prompt estimated (without correction) at so many tokens had so many."""
        if estimated_tokens < OBSERVED_MIN_TOKENS or prompt_tokens <= 0:
            return
        lowest, highest = CORRECTION_BOUNDS
        self._corrections[model] = min(max(prompt_tokens / estimated_tokens, lowest), highest)
        self._corrections.move_to_end(model)
        if len(self._corrections) > MODELS_MAX:
            self._corrections.popitem(last=False)
