"""What people set for answers, as the models of one endpoint take it.

There is no common list of what a model takes. What one refuses by name is left out, or sent under the other name that
it has, for that model from then on: the answer goes on without it, and says so once.
"""

import re
from collections.abc import Mapping

from chatapp.providers.base import Parameters

OTHER_NAMES = {"max_tokens": "max_completion_tokens"}
"""OpenAI's models that think take the limit under the second name only."""

OWN_NAMES = {other: name for name, other in OTHER_NAMES.items()}


class Chosen:
    """What is sent of that to each model of an endpoint."""

    def __init__(self) -> None:
        self._sent_as: dict[tuple[str, str], str] = {}

    def taken(self, model: str, wanted: Parameters) -> dict[str, object]:
        """The parameters under the names by which this model takes them, as far as is known."""
        names = {name: self._sent_as.get((model, name), name) for name in wanted}
        return {sent_as: wanted[name] for name, sent_as in names.items() if sent_as}

    def learn(self, model: str, sent: Mapping[str, object], refusal: str) -> frozenset[str]:
        """Take note of what of `sent` the words of a refusal are about; returns which of it that is.

        Each is tried once under its other name, if it has one, and then no more.
        """
        refused = frozenset(name for name in sent if _is_about(name, refusal))
        for name in refused:
            self._sent_as[model, OWN_NAMES.get(name, name)] = OTHER_NAMES.get(name, "")
        return refused

    def left_out(self, model: str, wanted: Parameters) -> frozenset[str]:
        """The parameters that this model takes under none of their names, as far as is known."""
        return frozenset(name for name in wanted if self._sent_as.get((model, name)) == "")


def _is_about(name: str, refusal: str) -> bool:
    """`stop` is also a word: there it has to stand as the name of something."""
    if name != "stop":
        return re.search(rf"\b{name}\b", refusal) is not None
    return re.search(r"""['"`]stop['"`]|\bstop[ _](?:words?|sequences?|parameter)""", refusal) is not None
