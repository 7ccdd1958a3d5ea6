"""What a model is asked for a title with."""

from chatapp.conversations.titles import clean_title
from chatapp.errors import SystemRoleRefused
from chatapp.providers import system_role
from chatapp.providers.base import ChatMessage, Provider

TITLE_MAX_TOKENS = 64
"""A title has ten, in some scripts thirty; the rest is for models that think a little even when asked not to."""

EXCERPT_CHARACTERS = 800
"""How much of question and answer a title is made from: what it is about is said early, and tokens cost."""

# The demo model knows a title request by these first words.
INSTRUCTION = (
    "Write a short title for the conversation below. Two to six words in the language of the question, no quotes, no"
    " full stop, no markdown. Answer with the title and nothing else."
)
REQUEST = "The title of our conversation so far:"


async def suggest_title(provider: Provider, model: str, question: str, answer: str) -> str:
    """A title by the model; "" when it says nothing that could be one. Raises ProviderError."""
    messages = [
        ChatMessage("system", INSTRUCTION),
        ChatMessage("user", question[:EXCERPT_CHARACTERS]),
        ChatMessage("assistant", answer[:EXCERPT_CHARACTERS]),
        ChatMessage("user", REQUEST),
    ]
    try:
        said = await _complete(provider, model, messages)
    except SystemRoleRefused:
        system_role.remember(provider, model)
        said = await _complete(provider, model, messages)
    return clean_title(said)


async def _complete(provider: Provider, model: str, messages: list[ChatMessage]) -> str:
    fitting = system_role.fitting(provider, model, messages)
    return await provider.complete(model, fitting, max_tokens=TITLE_MAX_TOKENS)
