"""A real Redis for tests."""

from pathlib import Path

import redis

from deploy.stack import redis as stack_redis
from tests.services.real_server import RealServer, free_port
from tests.waiting import until_sync

SLOTS = 16_384
"""Of every Redis Cluster."""

BUS_PORTS_ABOVE = 10_000
LAST_PORT = 65_535


class RedisServer(RealServer):
    """A Redis whose data is in `folder`; `settings` are further ones, such as `--cluster-enabled`, `yes`.

    `config` is a file with more of them, among which `password` may be.
    """

    def __init__(
        self, folder: Path, *settings: str, port: int = 0, config: Path | None = None, password: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.url = stack_redis.url(self.port).replace("//", f"//:{password}@" if password else "//")
        program, *arguments = stack_redis.command(folder, self.port)
        told = [program, *([str(config)] if config else []), *arguments, *settings]
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


class ClusterServer(RedisServer):
    """A Redis Cluster of one server, which holds every slot: it refuses a command whose keys lie in several."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "--cluster-enabled", "yes", port=_port_with_room_above())

    def start(self) -> None:
        """Start it and give it its slots, which it keeps over a restart."""
        super().start()
        if not self._has_slots():
            with redis.Redis.from_url(self.url) as client:
                client.execute_command("CLUSTER ADDSLOTS", *range(SLOTS))
        until_sync(self._is_serving, what="the slots of the cluster")

    def _has_slots(self) -> bool:
        return self._info()["cluster_slots_assigned"] == str(SLOTS)

    def _is_serving(self) -> bool:
        return self._info()["cluster_state"] == "ok"

    def _info(self) -> dict[str, str]:
        with redis.Redis.from_url(self.url) as client:
            found: dict[str, str] = client.execute_command("CLUSTER INFO")
        return found


def _port_with_room_above() -> int:
    """The servers of a cluster talk to one another 10,000 ports above the one for clients."""
    while (port := free_port()) > LAST_PORT - BUS_PORTS_ABOVE:
        pass
    return port
