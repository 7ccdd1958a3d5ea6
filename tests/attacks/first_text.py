"""How soon somebody reads the first text of an answer, asked again and again, and what servers keep meanwhile."""

import math
import time
import uuid
from dataclasses import dataclass, field
from itertools import count
from string import ascii_lowercase

import psutil

from chatapp.web.reflex_names import ON_LOAD
from tests.e2e.socket_client import CONVERSATION, SEND, PageSocket, at

LETTERS = 8
_serial = count()


@dataclass
class Asker:
    """Somebody at a page, who begins a conversation with each question."""

    page: PageSocket
    waits: list[float] = field(default_factory=list)

    def ask(self) -> None:
        """Ask, note the milliseconds until the first text of the answer, and go where a page goes next."""
        page, letter = self.page, ascii_lowercase[next(_serial) % len(ascii_lowercase)]
        page.frames.clear()
        text = f"repeat exactly: {letter * LETTERS}"
        began = time.monotonic()
        page.emit(SEND, {"form": {"__reflex_form_data__": [["text", text], ["client_message_id", str(uuid.uuid4())]]}})
        first = f'_rx_state_":"{letter}'  # a slot of the answer; what was asked begins otherwise
        page.read_word(first, seconds=60)
        self.waits.append((time.monotonic() - began) * 1000)
        if not any(map(CONVERSATION.search, page.frames)):
            page.read_until(lambda frame: CONVERSATION.search(frame) is not None, seconds=60)
        found = CONVERSATION.search("".join(page.frames))
        assert found is not None
        for path, opened in ((f"/c/{found[1]}", found[1]), ("/", "")):
            page.emit(ON_LOAD, {}, at(path))
            page.read_word(f'"opened_id_rx_state_":"{opened}"', seconds=60)


def percentile_95(values: list[float]) -> float:
    """The least value that 95 of 100 do not exceed."""
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def megabytes_of(processes: list[psutil.Process]) -> float:
    """The memory of these processes together; what they share counts once."""
    return sum(map(_proportional_bytes, processes)) / 1e6


def _proportional_bytes(process: psutil.Process) -> int:
    try:
        found = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(found, "pss", found.uss))
