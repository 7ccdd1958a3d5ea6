"""Which models can chat, and which of them is the better guess for a newcomer: the two lists of names there are."""

import re
from collections.abc import Sequence

# Parts of the names of models that take or give something else than a conversation in text.
CANNOT_CHAT = re.compile(
    r"embed|whisper|dall-e|moderation|rerank|image|realtime|audio|transcri|speech|sora|video"
    r"|\b(?:tts|ocr|veo|bge|gte|e5|minilm|clip|flux|stable-diffusion|kokoro|parakeet|ada|babbage|curie|davinci)\b"
    r"|gpt-3\.5-turbo-instruct"
    # Served by OpenAI through its Responses API only.
    r"|\bo\d-pro\b|\bgpt-5[\d.]*-pro\b|codex|computer-use|deep-research",
    re.IGNORECASE,
)

# Beginnings of ids without their maker's prefix, best first: large enough to impress, not the dearest of its maker.
PREFERRED = (
    "gpt-5",
    "claude-sonnet",
    "gemini-2.5-pro",
    "gpt-4.1",
    "gpt-4o",
    "deepseek-chat",
    "mistral-large",
    "gpt-oss",
    "qwen3",
    "llama3",
    "llama-3",
    "gemma3",
    "mistral",
)


def can_chat(model_id: str) -> bool:
    """Whether a model, judged by its name, answers a conversation in text."""
    return CANNOT_CHAT.search(model_id) is None


def find_preferred(model_ids: Sequence[str]) -> str | None:
    """The best guess among `model_ids`; of several versions the plainest, that is the shortest, name."""
    for beginning in PREFERRED:
        matches = [model_id for model_id in model_ids if _bare(model_id).startswith(beginning)]
        if matches:
            return min(matches, key=len)
    return None


def _bare(model_id: str) -> str:
    return model_id.rpartition("/")[2].lower()
