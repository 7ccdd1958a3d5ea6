"""What keeps an answer short: a limit, and no thinking before it, in the words of the servers that know how.

There is no common word for it. Most servers ignore what they do not know; the others refuse it by name, and it is left
out for that model from then on. A refused request costs little, and nobody waits for one that is to be short.
"""

import re

Parameter = tuple[str, object]

_WAYS: tuple[tuple[Parameter, ...], ...] = (
    (("max_tokens", None), ("max_completion_tokens", None)),
    # OpenAI, Gemini, Ollama, Groq, OpenRouter, vLLM and Mistral; which values there are differs from model to model.
    (("reasoning_effort", "none"), ("reasoning_effort", "minimal"), ("reasoning_effort", "low")),
    # Qwen and its like on vLLM, SGLang and llama.cpp.
    (("chat_template_kwargs", {"enable_thinking": False}),),
    # DeepSeek, GLM, Kimi and Anthropic.
    (("thinking", {"type": "disabled"}),),
)
"""What can be sent to one end, first what is best. None stands for the limit."""


class Brevity:
    """What the models of one endpoint take of it."""

    def __init__(self) -> None:
        self._ways: dict[str, tuple[tuple[Parameter, ...], ...]] = {}

    def parameters(self, model: str, max_tokens: int) -> dict[str, object]:
        """What is sent so that an answer has at most `max_tokens`."""
        best = (way[0] for way in self._ways.get(model, _WAYS))
        return {name: max_tokens if value is None else value for name, value in best}

    def has_learnt(self, model: str, refusal: str) -> bool:
        """Leave out what the words of a refusal are about, or all but the limit when they name nothing of it.

        False when nothing is left that they could have meant.
        """
        ways = self._ways.get(model, _WAYS)
        left = tuple(filter(None, (_left_of(way, refusal) for way in ways)))
        if left == ways:
            left = tuple(way for way in ways if way[0][1] is None)
        self._ways[model] = left
        return left != ways


def _left_of(way: tuple[Parameter, ...], refusal: str) -> tuple[Parameter, ...]:
    """The way itself unless the refusal is about it; else what it offers instead ("Supported values are: 'low'")."""
    if _bare(way[0][0]) not in _bare(refusal):
        return way
    offered = (later for later in range(1, len(way)) if _is_named(*way[later], refusal))
    return way[next(offered, len(way)) :]


def _is_named(name: str, value: object, refusal: str) -> bool:
    return re.search(rf"\b{value or name}\b", refusal) is not None


def _bare(words: str) -> str:
    """Without what tells `reasoning_effort` from reasoningEffort, as xAI also calls it."""
    return words.replace("_", "").lower()
