"""CPU time of other processes, on which the costs of units rest."""

import os
import subprocess
import sys
import time

import pytest

from bench.metered import cpu_seconds, used_seconds

BUSY = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"


def test_the_clock_of_a_process_is_its_own_and_exact() -> None:
    before, own_before = cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() < own_before + 0.003:
        pass
    assert used_seconds(before, cpu_seconds(os.getpid())) == pytest.approx(time.process_time() - own_before, abs=0.002)


def test_a_process_that_has_ended_since_takes_nothing_away_from_what_others_used() -> None:
    command = [sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        before = cpu_seconds(os.getpid())
        assert before[child.pid] >= 0.2
        child.communicate(b"\n")
    after = cpu_seconds(os.getpid())
    assert child.pid not in after
    assert used_seconds(before, after) >= 0
