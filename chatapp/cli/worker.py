"""`python -m chatapp worker`: one process that writes answers, for the deployment with Redis."""

import argparse

from chatapp.cli import database_work, port
from chatapp.cli.commands import Commands
from chatapp.cli.data_lock import hold
from chatapp.connections import open_files
from chatapp.errors import SettingsError


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    commands.add_parser("worker", help="write answers for the web processes of the same Redis").set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM; returns the exit code. Raises SettingsError when something stands in the way."""
    settings = database_work.load_command_settings()
    if not settings.redis_url:
        raise SettingsError("A worker needs CHATAPP_REDIS_URL: without Redis, `make run` writes the answers itself.")
    if settings.worker_metrics_port:
        port.claim("127.0.0.1", settings.worker_metrics_port, "CHATAPP_WORKER_METRICS_PORT")
    with hold(settings):
        database_work.migrated(settings)
        open_files.raise_limit()
        from chatapp.worker import serving  # noqa: PLC0415 - Dramatiq is for this command alone

        return serving.serve(settings)
