"""A real Redis for tests."""

from pathlib import Path

import redis

from deploy.stack import redis as stack_redis
from tests.services.real_server import RealServer, free_port


class RedisServer(RealServer):
    """A Redis whose data is in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = stack_redis.url(self.port)
        super().__init__(stack_redis.command(folder, self.port), folder / "redis.log", self._is_ready)

    def flush(self) -> None:
        """Forget everything it holds."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
