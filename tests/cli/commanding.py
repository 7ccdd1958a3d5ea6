"""Running the operator's commands on the data of a test, each with an event loop of its own as on the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from chatapp import __main__
from chatapp.db import database
from chatapp.settings import Settings

Result = TypeVar("Result")


def place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the environment of commands that of the test."""
    monkeypatch.setenv("CHATAPP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CHATAPP_SECRET", settings.secret.get_secret_value())
    monkeypatch.setenv("CHATAPP_DATABASE_URL", settings.database_url)


def command(*arguments: object) -> int:
    """Run `python -m chatapp` with these arguments; returns its exit code."""
    return __main__.main([str(argument) for argument in arguments])


def do(settings: Settings, work: Callable[[], Awaitable[Result]]) -> Result:
    """Work with the database open, as the app itself would do it."""

    async def with_database() -> Result:
        engine = database.configure(settings.effective_database_url)
        try:
            return await work()
        finally:
            await engine.dispose()

    return asyncio.run(with_database())


def kept_in(settings: Settings) -> list[Path]:
    """The files that a restore has put aside, without what SQLite has beside them."""
    return [path for path in (settings.data_dir / "backups").glob("replaced-*") if path.suffix in {".db", ".dump"}]
