"""The operator's commands, parsed and run as `python -m chatapp` does."""

import argparse
import asyncio
import io
from collections.abc import Iterator

import pytest
import structlog

from chatapp.accounts import service, sessions
from chatapp.cli import accounts
from chatapp.db import database
from chatapp.db.migrations import migrate
from chatapp.errors import ChatappError, Invalid, NotFound
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.accounts.browsing import PASSWORD, VISITOR, join


@pytest.fixture
def typing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The environment of the command: the test's own data. Each command has an event loop of its own."""
    monkeypatch.setenv("CHATAPP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CHATAPP_SECRET", settings.secret.get_secret_value())
    yield monkeypatch
    structlog.reset_defaults()  # the command sent the log to the standard error of this test


def run(typing: pytest.MonkeyPatch, *arguments: str, typed: str = PASSWORD) -> int:
    """Run a command with `typed` on its standard input."""
    typing.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    parser = argparse.ArgumentParser()
    accounts.add_to(parser.add_subparsers(required=True))
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


async def log_in(settings: Settings, password: str) -> str:
    engine = database.configure(settings.effective_database_url)
    try:
        return await service.log_in("ada", password, VISITOR, settings)
    finally:
        await engine.dispose()


def test_an_account_made_on_the_command_line_can_sign_in(
    settings: Settings, typing: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(typing, "create-user", "Ada") == 0
    assert capsys.readouterr().out == "Ada can sign in now, and is an administrator.\n"
    assert asyncio.run(log_in(settings, PASSWORD))
    with pytest.raises(Invalid, match="taken"):
        run(typing, "create-user", "ADA")
    assert run(typing, "create-user", "eve") == 0
    assert capsys.readouterr().out == "eve can sign in now.\n"


def test_a_reset_signs_out_and_the_old_password_is_worth_nothing(
    settings: Settings, typing: pytest.MonkeyPatch
) -> None:
    async def sign_in() -> str:
        engine = database.configure(settings.effective_database_url)
        token = await join("ada", settings)
        await engine.dispose()
        return token

    async def is_signed_in(token: str) -> bool:
        engine = database.configure(settings.effective_database_url)
        sessions.forget()  # this stands for a server that is another process than the command
        found = await sessions.resolve(token, settings)
        await engine.dispose()
        return found is not None

    migrate(settings)
    token = asyncio.run(sign_in())
    assert asyncio.run(is_signed_in(token))
    assert run(typing, "reset-password", "ada", typed="another fine phrase") == 0
    assert not asyncio.run(is_signed_in(token))
    with pytest.raises(Invalid):
        asyncio.run(log_in(settings, PASSWORD))


@pytest.mark.parametrize(
    ("arguments", "typed", "refusal"),
    [
        (("create-user", "ada"), "short", Invalid),
        (("create-user", "a b"), PASSWORD, Invalid),
        (("reset-password", "ada"), PASSWORD, NotFound),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    typing: pytest.MonkeyPatch, arguments: tuple[str, ...], typed: str, refusal: type[ChatappError]
) -> None:
    with pytest.raises(refusal) as refused:
        run(typing, *arguments, typed=typed)
    assert " " in words_of(refused.value)
