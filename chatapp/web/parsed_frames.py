"""Hands what was parsed of a frame to socket.io, which would parse it again.

Socket.io lets its user choose the JSON module. Ours gets a few characters in place of what was parsed, and gives that.
Long frames are parsed on the event loop all the same: the parser keeps the interpreter's lock, so that everybody waits
as long while it works in a thread, 1.4 ms for 1.4 MB.
"""

from itertools import count
from typing import Any

import reflex as rx

from chatapp.web.socketio_compat import parse_with


class ParsedFrames:
    """What was parsed and not taken yet. Nothing is left: socket.io takes it before it waits for anything."""

    def __init__(self) -> None:
        self._contents: dict[str, Any] = {}
        self._numbers = count()

    def hand_on(self, prefix: str, content: Any) -> str:
        """The short frame that stands for a frame with this content; None is that of one that is all prefix."""
        if content is None:
            return prefix
        name = f'"{next(self._numbers)}"'  # no number: socket.io would take that for one of its own
        self._contents[name] = content
        return prefix + name

    def loads(self, text: str) -> Any:
        """What `text` stands for, once. Raises ValueError for any other text, as JSON modules do."""
        try:
            return self._contents.pop(text)
        except KeyError:
            raise ValueError("This frame was not checked.") from None


parsed_frames = ParsedFrames()


def take_parsed(app: rx.App) -> None:
    """Have the app's websocket take them. Call it before anybody connects."""
    parse_with(app, parsed_frames.loads)
