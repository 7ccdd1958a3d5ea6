"""An attack in a process of its own, so that it takes no time from whoever is measured beside it."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO

from tests.attacks.attackers import Target
from tests.e2e.serving import ROOT


@dataclass
class RunningAttack:
    """`done` says how often what was done, once it is over."""

    _said: IO[bytes]
    done: dict[str, int] = field(default_factory=dict)
    _is_whole: bool = False

    def is_whole(self) -> bool:
        """Whether as much of it has been tried as is measured."""
        if not self._is_whole and select.select([self._said], [], [], 0)[0]:
            assert self._said.readline() == b"whole\n"
            self._is_whole = True
        return self._is_whole


@contextmanager
def attacked(name: str, target: Target) -> Iterator[RunningAttack]:
    """The attack is under way within the block, which must not end before it is whole."""
    command = [sys.executable, "-m", "tests.attacks.attackers", name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, bufsize=0) as attackers:
        assert attackers.stdin is not None
        assert attackers.stdout is not None
        attackers.stdin.write(json.dumps(asdict(target)).encode() + b"\n")
        assert attackers.stdout.readline() == b"under way\n"
        attack = RunningAttack(attackers.stdout)
        try:
            yield attack
        finally:
            attackers.stdin.close()
            for line in attackers.stdout:
                if line != b"whole\n":
                    attack.done |= json.loads(line)
