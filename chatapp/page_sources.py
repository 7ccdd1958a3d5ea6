"""What the pages are made of, and a hash over it: equal hashes mean that a build would come out the same.

Not in it: ports and addresses, which are filled in while serving, and the lock files, which a build completes.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

PAGES = (
    "rxconfig.py",
    "requirements.txt",
    "assets/**/*",
    "chatapp/chatapp.py",
    "chatapp/words.py",
    "chatapp/ui/**/*.py",
    "chatapp/ui/**/*.js",
)
"""No hidden files: the back end that `make export` packs has none, and must come to the same hash."""


def fingerprint(root: Path = ROOT, patterns: tuple[str, ...] = PAGES) -> str:
    """A hash (hexadecimal) over names and contents of the files below `root` that match one of `patterns`."""
    digest = hashlib.sha256()
    for path in _files(root, patterns):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())
