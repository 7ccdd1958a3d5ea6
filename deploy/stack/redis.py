"""A Redis of our own, in the foreground on loopback, that keeps what it has over a restart."""

from pathlib import Path

from deploy.stack.binaries import find_redis


def command(folder: Path, port: int) -> list[str]:
    """What serves Redis from `folder`, which must exist. The journal is synced each second, as the documents advise."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    return [str(find_redis()), *(part for name, value in settings.items() for part in (f"--{name}", value))]


def url(port: int) -> str:
    """The address for chatapp's settings."""
    return f"redis://127.0.0.1:{port}/0"
