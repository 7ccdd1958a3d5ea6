"""A forwarded port, as `ssh -L` and `docker -p` make one; or a proxy that asks for another host than it was asked."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

ASKED_HOST = re.compile(rb"^Host: [^\r]*", re.MULTILINE | re.IGNORECASE)
CHUNK_BYTES = 65_536


class Forwarding(ThreadingTCPServer):
    """Hands connections on to a port of this machine; with `host`, every request asks for that one."""

    daemon_threads = True

    def __init__(self, target_port: int, host: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target_port = target_port
        self.host = host
        self.opened: list[socket.socket] = []

    def cut(self) -> None:
        """Take no more connections, and end those that are open."""
        self.shutdown()
        for connection in self.opened:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseRequestHandler):
    """One connection."""

    server: Forwarding

    def handle(self) -> None:
        """Copy both ways until one side ends."""
        with socket.create_connection(("localhost", self.server.target_port)) as target:
            self.server.opened += (self.request, target)
            back = Thread(target=copy, args=(target, self.request, ""), daemon=True)
            back.start()
            copy(self.request, target, self.server.host)
            back.join()


def copy(source: socket.socket, target: socket.socket, host: str) -> None:
    """Hand on all that comes, then the end."""
    with suppress(OSError):
        while chunk := source.recv(CHUNK_BYTES):
            target.sendall(ASKED_HOST.sub(f"Host: {host}".encode(), chunk) if host else chunk)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def forwarded(target_port: int, host: str = "") -> Iterator[int]:
    """The port that leads to `target_port`, and in the end nowhere."""
    with Forwarding(target_port, host) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.cut()
