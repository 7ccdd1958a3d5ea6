"""Alembic's entry: applies the migrations to the database that chatapp's settings name, or to a given connection."""

from alembic.util import CommandError
from sqlalchemy import Connection
from sqlmodel import SQLModel

import chatapp.models  # noqa: F401 - fills the metadata
from alembic import context
from chatapp.db.migrations import sync_engine
from chatapp.errors import SettingsError
from chatapp.settings import load_settings
from chatapp.words import words_of


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    try:
        settings = load_settings()
    except SettingsError as error:
        raise CommandError(words_of(error)) from error  # which Alembic's own command prints as one line
    with sync_engine(settings.effective_database_url).begin() as own:
        _run(own)
