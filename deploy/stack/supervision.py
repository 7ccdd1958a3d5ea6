"""The programs of the stack as supervisord wants them told: what dies is started again at once, for ever."""

from collections.abc import Sequence
from configparser import RawConfigParser
from pathlib import Path

from deploy.stack.services import Program

RETRIES = 1_000_000
"""Of a program that dies as soon as it starts, such as a web process whose database is not up yet."""


def write(programs: Sequence[Program], folder: Path, root: Path) -> Path:
    """Write supervisord's configuration into `folder`; returns its path."""
    config = RawConfigParser()
    socket = str(folder / "supervisor.sock")
    config["unix_http_server"] = {"file": socket}
    config["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    config["supervisorctl"] = {"serverurl": f"unix://{socket}"}
    config["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": str(folder / "logs" / "supervisord.log"),
        "pidfile": str(folder / "supervisord.pid"),
        "directory": str(root),
    }
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    for program in programs:
        config[f"program:{program.name}"] = _section(program, folder)
    target = folder / "supervisord.conf"
    target.touch(mode=0o600)
    target.chmod(0o600)  # it holds what the programs are told, the keys of model servers among it
    with target.open("w") as file:
        config.write(file)
    return target


def _section(program: Program, folder: Path) -> dict[str, str]:
    section = {
        "command": _escaped(" ".join(f'"{part}"' for part in program.command)),
        "priority": str(program.priority),
        "autorestart": "true",
        "startsecs": "0",
        "startretries": str(RETRIES),
        "stopsignal": program.stop_signal,
        "stopwaitsecs": str(program.stop_seconds),
        "redirect_stderr": "true",
        "stdout_logfile": str(folder / "logs" / f"{program.name}.log"),
        "environment": _escaped(",".join(f'{name}="{value}"' for name, value in program.environment.items())),
    }
    return section | ({"user": program.user, "directory": "/"} if program.user else {})


def _escaped(text: str) -> str:
    """supervisord fills in %(names)s."""
    return text.replace("%", "%%")
