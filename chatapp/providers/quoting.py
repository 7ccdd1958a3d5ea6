"""Makes a server's words fit to be shown: without keys, addresses and invisible characters, and shortened.

Servers repeat the key that they refuse, often with its middle starred out, and proxies name the machines behind them.
"""

import re
import unicodedata
from collections.abc import Iterable

KEY = "[key]"
ADDRESS = "[address]"

PART_CHARACTERS = 6
"""A piece of a known key of this length gives it away; shorter ones are found by the stars beside them."""

SHORT_KEY_CHARACTERS = 8
"""A shorter key may be an ordinary word (`ollama`), which is taken out only where it stands alone."""

STARRED = r"(?:\*{2,}|[•·●]{2,}|…|\.{3,}|#{3,}|_{4,}|[xX]{4,})"
KEYS = (
    re.compile(r"\b(?:Bearer|Basic)\s+(?=\S*[\d*=])[\w.~+/=*-]{6,}", re.IGNORECASE),
    re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]*)*"),  # a JWT
    re.compile(
        r"(?<![A-Za-z0-9])(?:(?:sk|gsk|csk|xai|pplx|nvapi|r8|gh[opsu]|github_pat|glpat)[-_][\w*•….-]{6,}"
        r"|(?:pk|rk|ak|fw|hf|key|tgp|jina|vck|lsv2|org|proj)[-_](?=[\w-]*[\d*•…])[\w*•….-]{5,})",
        re.IGNORECASE,
    ),
    re.compile(r"\bhf_\w{16,}|\b(?:AIza|AQ\.|ya29\.|ABSK|dapi)[\w.*•…-]{8,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"),
    re.compile(
        r"((?:api[ _-]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?)(?=\S*[\d*])[^\s\"',;]{8,}",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w-])[\w-]*(?:\*{3,}|[•●]{3,})[\w*•●-]*"),
    re.compile(r"(?<!\w)(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{32,}(?!\w)"),
)
"""What keys look like: with a known beginning, behind their name, starred out, or long and random. Model names are
none of these: their parts are short, and joined by signs. Each takes time in proportion to the text."""

ADDRESSES = re.compile(
    r"\b\w+://\S+|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?!\w|\.\d)|(?<!\w)localhost(?::\d+)?|\[[0-9a-f:]*::?[0-9a-f:]+\]:\d+",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s'\"`,;()<>]+")
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Quoting:
    """Quotes what servers say to somebody who holds `secrets`: keys, passwords and parts of addresses."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))

    def quote(self, words: str, max_characters: int) -> str:
        """One line of what was said, which ends in "…" where it was cut; "" when nothing is left."""
        return shortened(ADDRESSES.sub(ADDRESS, self.hide(words)), max_characters)

    def hide(self, words: str) -> str:
        """One line, however long, without keys."""
        text = self._without_own(visible(words))
        for look in KEYS:
            text = look.sub(lambda found: f"{found[1] if found.re.groups else ''}{KEY}", text)
        return text

    def _without_own(self, text: str) -> str:
        for secret in self._secrets:
            if len(secret) < SHORT_KEY_CHARACTERS:
                text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", KEY, text)
            else:
                text = WORD.sub(lambda word: KEY if _tells(word[0], secret) else word[0], text.replace(secret, KEY))  # noqa: B023
        return text


def visible(text: str) -> str:
    """One line without control characters, halves of surrogate pairs and signs that turn the direction of text."""
    one_line = " ".join(text.split())
    return "".join(character for character in one_line if unicodedata.category(character) not in INVISIBLE)


def shortened(text: str, max_characters: int) -> str:
    """At most `max_characters`, which is at least 1."""
    return text if len(text) <= max_characters else text[: max_characters - 1].rstrip() + "…"


def _tells(word: str, secret: str) -> bool:
    """Whether the word holds a piece of the secret, or its beginning or end beside what hides the rest."""
    if any(secret[at : at + PART_CHARACTERS] in word for at in range(len(secret) - PART_CHARACTERS + 1)):
        return True
    return re.search(STARRED, word) is not None and (secret[:3] in word or secret[-3:] in word)
