"""What every command that looks into the database shares: settings, log, an up-to-date database, and an event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chatapp import log
from chatapp import settings as settings_module
from chatapp.cli import checked_settings
from chatapp.db import database
from chatapp.db.migrations import answering, current_revision, head_revision, migrate
from chatapp.errors import SettingsError
from chatapp.settings import Settings

Result = TypeVar("Result")


def load_command_settings() -> Settings:
    """The checked settings, made those of this process, with the log going where they say. Raises SettingsError."""
    settings = checked_settings.load()
    settings_module.use(settings)
    log.configure(settings.log_level)
    return settings


def migrated(settings: Settings) -> Settings:
    """The settings again, after their database was brought up to date. Raises SettingsError when it is too new."""
    migrate(settings)
    return settings


def refuse_outdated(settings: Settings) -> None:
    """Raise SettingsError unless the database answers and is at the revision of this code; changes nothing."""
    with answering(settings).connect() as connection:
        if current_revision(connection) != head_revision():
            raise SettingsError("The database is not up to date. Run this first: python -m chatapp migrate")


def report(work: Callable[[], Awaitable[str]]) -> int:
    """Do `work` on an up-to-date database and print what it returns; returns the exit code. Raises SettingsError."""
    print(run(migrated(load_command_settings()), work))
    return 0


def run(settings: Settings, work: Callable[[], Awaitable[Result]]) -> Result:
    """Do `work` with the database open; returns what it does."""

    async def with_database() -> Result:
        database.configure(settings.effective_database_url)
        try:
            return await work()
        finally:
            await database.close()

    return asyncio.run(with_database())
