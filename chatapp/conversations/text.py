"""What people type, made safe to store: the only characters taken out are those no database or wire can carry."""

from chatapp.errors import Invalid

LONE_SURROGATES = dict.fromkeys(range(55296, 57344), "�")


def clean(text: str) -> str:
    """Without NUL (PostgreSQL refuses it) and with lone surrogates (no UTF-8 has them) replaced; all else stays."""
    return text.replace("\0", "").translate(LONE_SURROGATES)


def check_question(text: str, max_characters: int) -> str:
    """A question as it will be stored. Raises Invalid when it is empty or too long."""
    if not clean(text).strip():
        raise Invalid("question_empty", code="empty")
    if len(text) > max_characters:
        raise Invalid("question_too_long", code="too_long", characters=len(text), limit=max_characters)
    return clean(text)
