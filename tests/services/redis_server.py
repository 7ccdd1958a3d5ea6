"""A real Redis for tests."""

from pathlib import Path

import redis

from deploy.stack import redis as stack_redis
from tests.services.real_server import RealServer, free_port


class RedisServer(RealServer):
    """A Redis whose data is in `folder`; `config` is a file of settings, among which `password` may be."""

    def __init__(self, folder: Path, *, config: Path | None = None, password: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = stack_redis.url(self.port).replace("//", f"//:{password}@" if password else "//")
        program, *arguments = stack_redis.command(folder, self.port)
        told = [program, *([str(config)] if config else []), *arguments]
        super().__init__(told, folder / "redis.log", self._is_ready)

    def flush(self) -> None:
        """Forget everything it holds."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def refuse_to_write(self) -> None:
        """Answer whatever would write with OOM, as a server does whose memory is full; reads go on."""
        with redis.Redis.from_url(self.url) as client:
            client.config_set("maxmemory", 1)

    def write_again(self) -> None:
        """Undo `refuse_to_write`."""
        with redis.Redis.from_url(self.url) as client:
            client.config_set("maxmemory", 0)

    def _is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
