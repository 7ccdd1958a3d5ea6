"""A PostgreSQL cluster of our own: made once, then served in the foreground on loopback.

PostgreSQL refuses to run as root. Started by root, it runs as `nobody`, in a folder and from binaries that `nobody`
can reach.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.binaries import find_postgres

ROOTLESS_USER = "nobody"
MAX_CONNECTIONS = 200
"""For two web processes, two workers and their tests: pools hold at most 20 connections each."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster is, and what serves it. `user` is the account it must run as; None: the present one."""

    folder: Path
    binaries: Path
    user: str | None

    def command(self, port: int) -> list[str]:
        """What serves the cluster in the foreground on loopback."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "max_connections": str(MAX_CONNECTIONS),
            "unix_socket_directories": str(self.folder),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), *options]

    def url(self, port: int, database: str = "postgres") -> str:
        """The address for chatapp's settings. Connections are trusted: only this machine can make one."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{database}"


def place(folder: Path) -> Path:
    """`folder`, or where root's own folders cannot be entered by others, one of the same meaning in /var/tmp."""
    if os.geteuid() != 0 or _can_enter(folder.parent):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    top = Path(f"/var/tmp/chatapp-{name}")  # noqa: S108 - made for root alone to write, and checked below
    top.mkdir(mode=0o755, exist_ok=True)
    if top.stat().st_uid != 0:
        raise PermissionError(f"{top} belongs to somebody else")
    return top / "postgres"


def _can_enter(folder: Path) -> bool:
    enters = subprocess.run(["/usr/bin/test", "-x", str(folder)], user=ROOTLESS_USER, check=False)
    return enters.returncode == 0


def prepare(folder: Path) -> Cluster:
    """The cluster in `folder`, made now if there is none yet."""
    user = ROOTLESS_USER if os.geteuid() == 0 else None
    folder.mkdir(parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    binaries = _reachable(find_postgres(), folder, user)
    if not (folder / "PG_VERSION").exists():
        make = [
            str(binaries / "initdb"),
            "-D",
            str(folder),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "-A",
            "trust",
        ]
        subprocess.run(make, user=user, cwd=folder, check=True, capture_output=True)
    return Cluster(folder, binaries, user)


def _reachable(binaries: Path, folder: Path, user: str | None) -> Path:
    """The binaries, copied beside the cluster when `user` cannot reach them where they are."""
    if user is None or _runs(binaries, user):
        return binaries
    own = folder.with_name(f"{folder.name}-binaries")
    if not own.exists():
        shutil.copytree(binaries.parent, own, symlinks=True)
    return own / "bin"


def _runs(binaries: Path, user: str) -> bool:
    try:
        return (
            subprocess.run([binaries / "postgres", "-V"], user=user, capture_output=True, check=False).returncode == 0
        )
    except PermissionError:
        return False
