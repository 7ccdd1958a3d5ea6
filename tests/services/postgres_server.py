"""A real PostgreSQL for tests, with a migrated database to copy for each."""

import signal
import uuid
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from chatapp.db.migrations import migrate
from chatapp.settings import Settings
from deploy.stack import postgres
from tests.services.real_server import RealServer, free_port

TEMPLATE = "migrated"


class PostgresServer(RealServer):
    """A PostgreSQL with a cluster of its own, made when there is none yet in `folder`."""

    def __init__(self, folder: Path | None = None, *, is_synced: bool = True) -> None:
        top = folder or Path(mkdtemp(prefix="chatapp-postgres-", dir="/var/tmp"))
        top.chmod(0o755)  # where root runs the tests, the cluster is another account's
        self.port = free_port()
        self.cluster = postgres.prepare(top / "cluster")
        command = [*self.cluster.command(self.port), "-c", f"fsync={'on' if is_synced else 'off'}"]
        super().__init__(command, top / "postgres.log", self._is_ready, user=self.cluster.user)

    def new_database(self) -> str:
        """The URL of a fresh database at the newest revision."""
        name = f"test_{uuid.uuid4().hex}"
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
                migrate(Settings(_env_file=None, database_url=self.cluster.url(self.port, TEMPLATE)))
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.cluster.url(self.port, name)

    def drop_database(self, url: str) -> None:
        """Remove what `new_database` made."""
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def restart(self) -> None:
        """Stop it at once, as its own tools would, cutting every connection, and start it again."""
        self.stop(how=signal.SIGINT)
        self.start()

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True)

    def _is_ready(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False
