"""`python -m chatapp serve`: everything between a checkout and a page that answers, in the order it can fail.

Settings, port, data directory, database, pages, server; each refuses with one line that says what to do. The server
runs in this very process: whoever kills it has killed everything, and the lock on the data directory goes with it.
"""

import argparse
import signal
import sys
from pathlib import Path

from sqlalchemy import make_url

from chatapp import data_directory
from chatapp import settings as settings_module
from chatapp.cli import checked_settings, frontend, port
from chatapp.cli.commands import Commands
from chatapp.cli.data_lock import hold
from chatapp.db.migrations import migrate
from chatapp.errors import SettingsError
from chatapp.settings import Settings

INTERRUPTED = 130  # exit code that shells use for Ctrl-C


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    parser = commands.add_parser("serve", help="serve the app in production mode on one port")
    parser.add_argument("--backend-only", action="store_true", help="without the pages, which `export` has made")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code. Raises SettingsError when something stands in the way."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or the build would go on after this process has ended
    try:
        return _serve(checked_settings.load(), with_pages=not arguments.backend_only)
    except KeyboardInterrupt:  # before there was a server; from then on signals are the server's
        return INTERRUPTED


def _serve(settings: Settings, *, with_pages: bool) -> int:
    settings_module.use(settings)
    address = port.claim(settings.host, settings.port)
    if settings.demo_port == settings.port:
        raise SettingsError(f"CHATAPP_DEMO_PORT is wrong: {settings.port} is PORT already. Choose another one.")
    if settings.demo_port and not settings.redis_url:  # with Redis the demo model is a process of its own
        port.claim("127.0.0.1", settings.demo_port, "CHATAPP_DEMO_PORT")
    with hold(settings):
        _ = settings.secret_bytes  # made now, where it can be refused in words, and not for the first visitor
        migrate(settings)
        if with_pages:
            frontend.ensure_built(settings.data_dir / "build.log")
        print(_summary(settings), file=sys.stderr, flush=True)
        from chatapp.cli import server  # noqa: PLC0415 - brings Reflex, which no other command needs

        return server.serve(address, settings, with_pages=with_pages)


def _summary(settings: Settings) -> str:
    database = make_url(settings.effective_database_url)
    kind = "SQLite" if database.get_backend_name() == "sqlite" else "PostgreSQL"
    return "\n".join(
        (
            "",
            f"  chatapp    {settings.effective_public_url}",
            f"  data       {_data(settings.data_dir.absolute())}",
            f"  database   {kind}, {database.render_as_string(hide_password=True)}",
        )
    )


def _data(folder: Path) -> str:
    if not data_directory.is_open_to_others(folder):
        return str(folder)
    return f"{folder} (other accounts of this machine can look into it: chmod 700 {folder})"
