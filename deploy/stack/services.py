"""What the team deployment consists of: each program, what it is told, and how long it may take to end.

compose.yaml and the systemd units say the same for other supervisors; tests/deploy holds them against this.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.stack import postgres, redis
from deploy.stack.binaries import find_caddy

COPIES = 2
"""Web processes and workers, so that every second request and answer finds another process."""

DRAIN_SECONDS = 10
STOP_SECONDS = DRAIN_SECONDS + 10
"""A web process or worker drains, stores what is left, and closes its connections."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens; only `public` is for people."""

    public: int
    redis: int
    postgres: int
    demo: int
    web: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """One process. `priority` orders the start; the end comes in the reverse."""

    name: str
    command: list[str]
    priority: int
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 10
    stop_signal: str = "TERM"
    user: str | None = None


def programs(root: Path, folder: Path, ports: Ports, settings: Mapping[str, str]) -> list[Program]:
    """All programs of the stack that keeps its data in `folder`; `settings` go to web processes and workers."""
    cluster = postgres.prepare(postgres_folder(folder))
    shared = {
        "CHATAPP_DATA_DIR": str(folder / "data"),
        "CHATAPP_REDIS_URL": redis.url(ports.redis),
        "CHATAPP_DATABASE_URL": cluster.url(ports.postgres),
        "CHATAPP_PUBLIC_URL": f"http://localhost:{ports.public}",
        "CHATAPP_TRUSTED_PROXY_HOPS": "1",
        "CHATAPP_DEMO_PORT": str(ports.demo),
        "CHATAPP_DRAIN_SECONDS": str(DRAIN_SECONDS),
        **settings,
    }
    (folder / "redis").mkdir(parents=True, exist_ok=True)
    caddyfile = root / "deploy" / "stack" / "Caddyfile"
    proxied = {
        "CHATAPP_PROXY_PORT": str(ports.public),
        "CHATAPP_BACKENDS": " ".join(f"127.0.0.1:{port}" for port in ports.web),
        "GOGC": "50",  # a connection takes 100 KB of Caddy, and as much again that waits to be collected
    }
    return [
        Program("redis", redis.command(folder / "redis", ports.redis), 10),
        Program("postgres", cluster.command(ports.postgres), 10, user=cluster.user, stop_signal="INT"),
        Program("demo-model", _demo_model(ports.demo, settings.get("CHATAPP_DEMO_LOG", "")), 20),
        *(_chatapp("worker", number, shared) for number in range(1, COPIES + 1)),
        *(
            _chatapp("web", number, {**shared, "PORT": str(port)}, verb="serve")
            for number, port in enumerate(ports.web, start=1)
        ),
        Program("proxy", [str(find_caddy()), "run", "--config", str(caddyfile), "--adapter", "caddyfile"], 50, proxied),
    ]


def postgres_folder(folder: Path) -> Path:
    """Where the cluster is: beside the rest, or for root, whose folders others cannot enter, in /var/tmp."""
    return postgres.place(folder / "postgres")


def _demo_model(port: int, log: str) -> list[str]:
    """Its log, which everybody on this machine could read, is for tests."""
    command = [sys.executable, "-m", "chatapp.demo_model", "--port", str(port)]
    return command if log.lower() == "true" else [*command, "--without-log"]


def _chatapp(name: str, number: int, environment: Mapping[str, str], verb: str = "") -> Program:
    command = [sys.executable, "-m", "chatapp", verb or name]
    priority = 30 if name == "worker" else 40
    return Program(f"{name}-{number}", command, priority, environment, STOP_SECONDS)
