"""What may be a username, and how two of them compare. Not what may be shown: titles and messages have other rules."""

import unicodedata

from chatapp.errors import Invalid

MAX_CHARACTERS = 40
MAX_RAW_CHARACTERS = 200
"""Checked before normalising: one character can become eighteen in NFKC, which must not be paid for a book."""

PUNCTUATION = frozenset("._-@+")


def clean(username: str) -> str:
    """The username as it is stored: NFKC, 1 to 40 letters, marks, digits and `._-@+` of any script.

    Raises Invalid for anything else. No spaces: nobody sees whether there is one or two at the end.
    """
    raw = username.strip()
    if not raw:
        raise Invalid("username_missing")
    name = unicodedata.normalize("NFKC", raw[:MAX_RAW_CHARACTERS])
    if len(raw) > MAX_RAW_CHARACTERS or len(name) > MAX_CHARACTERS:
        raise Invalid("username_too_long", maximum=MAX_CHARACTERS)
    if not all(_is_allowed(character) for character in name) or unicodedata.category(name[0]).startswith("M"):
        raise Invalid("username_characters")
    return name


def key(username: str) -> str:
    """What must be unique: two names that differ only in case or in width are one.

    Never raises, so that a login with an impossible name takes the same path as one with an unknown name.
    """
    folded = unicodedata.normalize("NFKC", username.strip()[:MAX_RAW_CHARACTERS]).casefold()
    return unicodedata.normalize("NFKC", folded)


def _is_allowed(character: str) -> bool:
    return character in PUNCTUATION or unicodedata.category(character)[0] in "LMN"
