"""Building the pages, only when something they are made of has changed.

Reflex compiles the components to JavaScript and has npm and Vite bundle it: half a minute the first time, never
needed again until a source changes. What was built is remembered as a hash beside the build.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from chatapp.cli.backend_address import has_address
from chatapp.data_directory import without_links
from chatapp.errors import CommandError
from chatapp.page_sources import PAGES, ROOT, fingerprint

STAMP = ROOT / ".web" / "build" / "stamp"
SOURCES = (*PAGES, ".npmrc", "bunfig.toml")
LOCK_FILES = ("reflex.lock/*",)
TAIL_LINES = 25

CLIENT = ROOT / ".web" / "build" / "client"


class BuildFailed(CommandError):
    """The pages could not be built; the message ends with what npm or Vite said last."""

    code = "build_failed"


def ensure_built(log: Path) -> None:
    """Build the pages unless the build there is made of exactly these sources. Raises BuildFailed."""
    with (ROOT / "rxconfig.py").open() as lock:  # two starts at once: the second waits, then finds the build done
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = fingerprint(ROOT, SOURCES)
        if STAMP.exists() and STAMP.read_text() == sources + fingerprint(ROOT, LOCK_FILES):
            return
        _refuse_read_only(STAMP.parents[1])
        print(f"Building the pages (the first time takes a minute; details in {log}) ...", file=sys.stderr, flush=True)
        _build(log)
        # The lock files as the build left them: npm completes them when a page uses a new package. The sources as
        # they were before it: what was edited meanwhile is not in this build.
        STAMP.write_text(sources + fingerprint(ROOT, LOCK_FILES))


def _refuse_read_only(web: Path) -> None:
    """Raises BuildFailed when nothing can be written to the folder of the build, or to where it will be made."""
    folder = web if web.exists() else web.parent
    if not os.access(folder, os.W_OK):
        raise BuildFailed(
            f"The pages of this version are not built yet, and nothing can be written to {folder}. Start chatapp once "
            "where that can be done; from then on the checkout may be read-only."
        )


def _build(log: Path) -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with open(log, "w", opener=without_links) as output:
        done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tail = "\n".join(log.read_text().splitlines()[-TAIL_LINES:])
        raise BuildFailed(f"The pages could not be built. The end of {log}:\n\n{tail}")
    if not has_address(CLIENT):
        raise BuildFailed(
            "Reflex no longer writes the back end's address where chatapp corrects it "
            "(chatapp/cli/backend_address.py): pages on an address of their own would not find their server."
        )
