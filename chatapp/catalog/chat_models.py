"""Which models can chat, and which of them is the better guess for a newcomer: the two lists of names there are."""

import re
from collections.abc import Sequence

from chatapp.catalog.model_names import file_name

# Parts of the names of models that take or give something else than a conversation in text. Judged are names of files
# alone: a folder may be called anything, such as /home/ada.
CANNOT_CHAT = re.compile(
    r"embed|whisper|dall-e|moderation|rerank|image|realtime|audio|transcri|speech|sora|video"
    r"|(?<![a-z0-9])(?:tts|ocr|veo|bge|gte|e5|minilm|mpnet|clip|flux|stable-diffusion|kokoro|parakeet)(?![a-z0-9])"
    # OpenAI's first models, not everything of people called Ada.
    r"|(?<![a-z0-9])(?:ada|babbage|curie|davinci)(?=$|-\d{3}|-(?:code|doc|query|text|instruct)|:ft)"
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
    return CANNOT_CHAT.search(file_name(model_id)) is None


def find_preferred(model_ids: Sequence[str]) -> str | None:
    """The best guess among `model_ids`; of several versions the plainest, that is the shortest, name."""
    for beginning in PREFERRED:
        matches = [model_id for model_id in model_ids if file_name(model_id).lower().startswith(beginning)]
        if matches:
            return min(matches, key=len)
    return None
