"""Building the pages, only when something they are made of has changed.

Reflex compiles the components to JavaScript and has npm and Vite bundle it: half a minute the first time, never
needed again until a source changes. What was built is remembered as a hash beside the build.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from chatapp.errors import ChatappError

ROOT = Path(__file__).parents[2]
STAMP = ROOT / ".web" / "build" / "stamp"

# Everything a page is made of. Ports and addresses are not: the server fills them in as it serves.
SOURCES = (
    "rxconfig.py",
    "requirements.txt",
    ".npmrc",
    "assets/**/*",
    "chatapp/chatapp.py",
    "chatapp/settings.py",
    "chatapp/ui/**/*.py",
)
LOCK_FILES = ("reflex.lock/*",)
TAIL_LINES = 25


class BuildFailed(ChatappError):
    """The pages could not be built; the message ends with what npm or Vite said last."""

    code = "build_failed"


def ensure_built(log: Path) -> None:
    """Build the pages unless the build there is made of exactly these sources. Raises BuildFailed."""
    with (ROOT / "rxconfig.py").open() as lock:  # two starts at once: the second waits, then finds the build done
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = fingerprint(ROOT)
        if STAMP.exists() and STAMP.read_text() == sources + fingerprint(ROOT, LOCK_FILES):
            return
        print(f"Building the pages (the first time takes a minute; details in {log}) ...", file=sys.stderr, flush=True)
        _build(log)
        # The lock files as the build left them: npm completes them when a page uses a new package. The sources as
        # they were before it: what was edited meanwhile is not in this build.
        STAMP.write_text(sources + fingerprint(ROOT, LOCK_FILES))


def fingerprint(root: Path, patterns: tuple[str, ...] = SOURCES) -> str:
    """A hash over names and contents of the files below `root` that match one of `patterns`."""
    digest = hashlib.sha256()
    for path in _files(root, patterns):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def _build(log: Path) -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with log.open("w") as output:
        done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tail = "\n".join(log.read_text().splitlines()[-TAIL_LINES:])
        raise BuildFailed(f"The pages could not be built. The end of {log}:\n\n{tail}")
