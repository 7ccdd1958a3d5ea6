"""What models' refusals teach about their windows, where nobody said how large they are, or said it wrongly.

It is kept in memory: after a restart the first refusal teaches it again, for the price of one refused request, while a
table would go on believing what a server said before it was given a larger window.
"""

import time
from collections import OrderedDict

from chatapp.errors import ContextTooLong
from chatapp.generations.context import room_tokens
from chatapp.generations.estimate import Estimator

FORGET_SECONDS = 3_600.0
"""Servers are restarted with larger windows; trying that costs one refused request."""

MODELS_MAX = 256


class Windows:
    """The windows of models as learnt from refusals, and with `estimator`, how far estimates are off."""

    def __init__(self, estimator: Estimator, reserve_tokens: int) -> None:
        self._estimator = estimator
        self._reserve_tokens = reserve_tokens
        self._learnt: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def tokens(self, model: str, said_tokens: int) -> int:
        """The window of a model of which elsewhere is said that it has `said_tokens`."""
        tokens, until = self._learnt.get(model, (0, 0.0))
        return tokens if time.monotonic() < until else said_tokens

    def learn(self, model: str, window_tokens: int, estimated_tokens: int, refused: ContextTooLong) -> None:
        """Learn that a prompt of `estimated_tokens` (without correction) was too long for a window that was thought to
        have `window_tokens`. From now on less fits than that prompt: as the server's numbers have it, else half."""
        if at_least := refused.prompt_tokens or refused.window_tokens:
            is_exact = refused.prompt_tokens is not None
            if is_exact or at_least > estimated_tokens * self._estimator.correction(model):
                self._estimator.observe(model, estimated_tokens, at_least)
        window_tokens = refused.window_tokens or window_tokens
        sent_tokens = int(estimated_tokens * self._estimator.correction(model))
        if room_tokens(window_tokens, self._reserve_tokens) >= sent_tokens:
            window_tokens = sent_tokens // 2 + min(self._reserve_tokens, sent_tokens // 2)
        self._remember(model, window_tokens)

    def _remember(self, model: str, window_tokens: int) -> None:
        self._learnt[model] = (window_tokens, time.monotonic() + FORGET_SECONDS)
        self._learnt.move_to_end(model)
        if len(self._learnt) > MODELS_MAX:
            self._learnt.popitem(last=False)
