"""Letters under more accents than any language has. A browser takes time for them that grows with the square of their
number: 13 s for 60,000 on one letter. So no more than a few are shown; what is stored and copied keeps them.

`ui/javascript/answer_blocks.js` does the same in answers.
"""

import re
import unicodedata

ACCENTS_MAX = 30

# Those of other planes are left out: they are rare in fonts, and patterns with them are a thousand times slower.
_MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M"))
_TOWER = re.compile(f"([{_MARKS}][{_MARKS}]{{{ACCENTS_MAX - 1}}})[{_MARKS}]+")


def without_towers(text: str) -> str:
    """The text with at most ACCENTS_MAX accents in a row."""
    return text if text.isascii() else _TOWER.sub(r"\1", text)


def more_without_towers(before: str, more: str) -> str:
    """What `more` adds to `before`, in which there are no towers, without making one."""
    end = before[-ACCENTS_MAX:]
    return without_towers(end + more)[len(end) :]
