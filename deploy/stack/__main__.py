"""`make stack`: the team deployment on this machine, without containers, until Ctrl-C.

Two web processes and two workers, Redis and PostgreSQL, behind Caddy on one port; supervisord starts what dies.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from chatapp.cli import checked_settings, frontend, port
from chatapp.errors import ChatappError, SettingsError
from chatapp.settings import Settings
from chatapp.words import words_of
from deploy.stack import services, supervision
from deploy.stack.binaries import find_caddy
from deploy.stack.services import Ports

ROOT = Path(__file__).parents[2]
APT = ("apt-get", "install", "--yes", "--no-install-recommends", "caddy")
READY_SECONDS = 120
POLL_SECONDS = 0.2
REFUSED = 2

OURS = ("CHATAPP_", "OPENAI_")
MADE_HERE = frozenset({"CHATAPP_DATA_DIR", "CHATAPP_REDIS_URL", "CHATAPP_DATABASE_URL", "CHATAPP_PUBLIC_URL"})


def main() -> int:
    """Run the stack until it is told to end; returns the exit code."""
    try:
        settings = checked_settings.load()
        _ensure_caddy()
        port.claim("127.0.0.1", settings.port)
        folder = settings.data_dir.absolute() / "stack"
        folder.mkdir(parents=True, exist_ok=True)
        frontend.ensure_built(folder / "build.log")
        return _run(settings, folder)
    except (ChatappError, FileNotFoundError) as error:
        print(f"stack: {words_of(error) if isinstance(error, ChatappError) else error}", file=sys.stderr)
        return REFUSED


def _run(settings: Settings, folder: Path) -> int:
    redis, postgres, demo, *web = _free_ports(3 + services.COPIES)
    ports = Ports(settings.port, redis, postgres, settings.demo_port or demo, tuple(web))
    told = {k: v for k, v in os.environ.items() if k.startswith(OURS) and k not in MADE_HERE}
    config = supervision.write(services.programs(ROOT, folder, ports, told), folder, ROOT)
    supervisord = subprocess.Popen([sys.executable, "-m", "supervisor.supervisord", "-c", str(config)])
    for number in (signal.SIGTERM, signal.SIGINT):  # Ctrl-C reaches both; from elsewhere a signal comes to us alone
        signal.signal(number, lambda *_: supervisord.send_signal(signal.SIGTERM))
    if _is_ready(supervisord, settings.port):
        print(_summary(settings, folder), file=sys.stderr, flush=True)
    return supervisord.wait()


def _is_ready(supervisord: subprocess.Popen[bytes], public_port: int) -> bool:
    give_up_at = time.monotonic() + READY_SECONDS
    while supervisord.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{public_port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            if time.monotonic() > give_up_at:
                print("stack: it does not get ready; see data/stack/logs", file=sys.stderr)
                return False
        time.sleep(POLL_SECONDS)
    return False


def _summary(settings: Settings, folder: Path) -> str:
    models = settings.openai_base_url or "the demo model (set OPENAI_BASE_URL and OPENAI_API_KEY for a real one)"
    return "\n".join(
        (
            "",
            f"  chatapp    http://localhost:{settings.port}",
            f"  processes  {services.COPIES} web, {services.COPIES} workers, Redis, PostgreSQL, Caddy",
            f"  models     {models}",
            f"  logs       {folder / 'logs'}",
            "",
        )
    )


def _ensure_caddy() -> None:
    """Raises SettingsError with the command that brings Caddy; runs it itself only as root in CI."""
    if find_caddy():
        return
    if os.environ.get("CI") and os.geteuid() == 0 and shutil.which(APT[0]):
        subprocess.run([APT[0], "update"], check=False)
        subprocess.run(APT, check=False)
    if not find_caddy():
        raise SettingsError(f"The stack needs Caddy as its proxy. Install it and try again: sudo {' '.join(APT)}")


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


if __name__ == "__main__":
    sys.exit(main())
