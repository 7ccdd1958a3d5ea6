"""Changes in what Reflex writes for the build of the pages.

Reflex offers plugins for it (`add_modify_task`), which get the text of a file. A text that is no longer there fails the
build: the pages would work, but load twice as much, or not as they were tested.
"""

import re

from chatapp.errors import ChatappError


class PatchFailed(ChatappError):
    """What is to be changed is not in the file."""

    code = "patch_failed"


def replaced(text: str, old: str, new: str, *, file: str) -> str:
    """The text of a file with the first `old` replaced by `new`, unless that is there. Raises PatchFailed."""
    if new in text:
        return text
    if old not in text:
        raise _failure(old, file)
    return text.replace(old, new, 1)


def removed(text: str, unwanted: re.Pattern[str], *, file: str) -> str:
    """The text of a file without all that matches `unwanted`. Raises PatchFailed when nothing does."""
    rest, number = unwanted.subn("", text)
    if not number:
        raise _failure(unwanted.pattern, file)
    return rest


def _failure(wanted: str, file: str) -> PatchFailed:
    return PatchFailed(
        f"Reflex no longer writes {wanted!r} into {file}, which chatapp changes there. Look at what it writes now, in "
        ".web, and change the plugin in chatapp/ui that names this file."
    )
