"""The text of running answers in files, beside the log in memory: what a killed process had shown is not lost with it.

One file per answer, `generation.<id>`, in a folder of its own; the end of the answer removes it. Text is written before
any reader is given it, and nothing is synced: a killed process loses nothing of what the kernel has.

A line is one entry: the CRC-32 of what follows it, in hexadecimal, a space, and a JSON array of attempt, number, text,
reasoning, and "turn" where it turns the text before it into reasoning. The first says, by the number 0, that an attempt
begins: a file that holds nothing else is the proof that nothing was shown. A line that is torn, damaged or nothing of
ours is left out.
"""

import json
import os
import re
import stat
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from chatapp.log import get_logger
from chatapp.streaming.events import START, Changed, Delta, Entry, Position

log = get_logger(__name__)

MAX_BYTES = 256_000_000
"""A larger file is left out. The longest answer, two million characters, takes a tenth of that."""

TURN = "turn"

NAME = re.compile(r"generation\.[0-9a-f-]{36}")

# Neither follows a link, nor waits for whoever reads a named pipe.
OPEN = os.O_NOFOLLOW | os.O_NONBLOCK
OPEN_NEW = OPEN | os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC


@dataclass
class File:
    """The file of one answer: whether it holds any text, and whether its last line is only a part of one."""

    descriptor: int
    has_text: bool = False
    is_torn: bool = False


class Journal:
    """The files of one process. What cannot be written is logged and then done without: answers go on."""

    def __init__(self, folder: int) -> None:
        self._folder = folder
        self._files: dict[str, File] = {}

    @classmethod
    def at(cls, folder: Path) -> Self | None:
        """The journal in `folder`, which is made when it is missing; None where that cannot be."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            log.warning("journal_unusable", error=str(error))
            return None
        with suppress(OSError):  # some file systems know no rights
            os.fchmod(opened, 0o700)
        return cls(opened)

    def recover(self) -> dict[str, list[Entry]]:
        """What an earlier process left: for each key the entries in order, which may have gaps."""
        found = {_key(name): self._read(name) for name in self._names()}
        return {key: entries for key, entries in found.items() if entries}

    def begin(self, key: str, attempt: int) -> None:
        """Start the file of an attempt of which nothing was logged yet, in place of what earlier attempts left."""
        self._close(key)
        try:
            descriptor = os.open(_name(key), OPEN_NEW, 0o600, dir_fd=self._folder)
        except OSError as error:
            log.warning("journal_failed", key=key, error=str(error))
            return
        self._files[key] = File(descriptor)
        self._write(key, [attempt, 0, "", ""])

    def write(self, key: str, position: Position, delta: Delta) -> None:
        """Add text of an answer, if its file could be begun."""
        if key in self._files:
            self._write(key, [*position, delta.text, delta.reasoning, *([TURN] if delta.turns_text else [])])

    def remove(self, key: str) -> None:
        """Remove the file of an answer that has ended, whoever began it."""
        self._close(key)
        with suppress(OSError):  # there may be none; one that stays is removed at the next start
            os.unlink(_name(key), dir_fd=self._folder)

    def remove_rest(self) -> list[str]:
        """Remove every file that this process has not begun; returns their keys."""
        rest = [key for name in self._names() if (key := _key(name)) not in self._files]
        for key in rest:
            self.remove(key)
        return rest

    def close(self) -> None:
        """Let go of the files, which stay."""
        for key in list(self._files):
            self._close(key)
        os.close(self._folder)

    def _names(self) -> list[str]:
        # Not Path.iterdir, which would look the folder up again: it may be another one by now.
        return [name for name in os.listdir(self._folder) if NAME.fullmatch(name)]  # noqa: PTH208

    def _close(self, key: str) -> None:
        if file := self._files.pop(key, None):
            os.close(file.descriptor)

    def _write(self, key: str, fields: list[object]) -> None:
        """Write a line. One that fails is followed by others, as soon as there is room again: what was stored of the
        answer may reach beyond it by then."""
        file, body = self._files[key], json.dumps(fields).encode()
        line = b"%s%08x %s\n" % (b"\n" if file.is_torn else b"", zlib.crc32(body), body)
        try:
            if os.write(file.descriptor, line) < len(line):
                raise OSError("only a part was written")
        except OSError as error:
            if not file.is_torn:
                log.warning("journal_failed", key=key, error=str(error))
            file.is_torn = True
            if not file.has_text:  # it must not go on to say that nothing was shown
                self.remove(key)
            return
        file.is_torn, file.has_text = False, bool(fields[1])

    def _read(self, name: str) -> list[Entry]:
        try:
            with os.fdopen(os.open(name, OPEN | os.O_RDONLY, dir_fd=self._folder), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                    raise OSError("not a file of ours")
                return _in_order(file)
        except OSError as error:
            log.warning("journal_unreadable", name=name, error=str(error))
            return []


def _name(key: str) -> str:
    return key.replace(":", ".")  # which not every file system takes


def _key(name: str) -> str:
    return name.replace(".", ":")


def _in_order(lines: Iterable[bytes]) -> list[Entry]:
    entries: list[Entry] = []
    last = START
    for line in lines:
        entry = _entry(line)
        if entry and entry.position > last:
            entries.append(entry)
            last = entry.position
    return entries


def _entry(line: bytes) -> Entry | None:
    check, _, body = line.rstrip(b"\n").partition(b" ")
    if check != b"%08x" % zlib.crc32(body):
        return None
    with suppress(ValueError):
        match json.loads(body):
            case [int(attempt), int(seq), str(text), str(reasoning), *marks]:
                delta = Delta(text, reasoning, turns_text=marks == [TURN])
                return Entry(Position(attempt, seq), delta if seq else Changed("begun"))
    return None
