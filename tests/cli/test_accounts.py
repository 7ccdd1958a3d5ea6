"""The operator's commands, as another process runs them."""

import os
import subprocess
import sys

import pytest

from chatapp.accounts import service, sessions
from chatapp.errors import Invalid
from chatapp.settings import Settings
from tests.accounts.browsing import PASSWORD, VISITOR, join

RUN = "import argparse, sys; from chatapp.cli import accounts; from chatapp.errors import ChatappError\n" + (
    "parser = argparse.ArgumentParser(); accounts.add_to(parser.add_subparsers(required=True))\n"
    "chosen = parser.parse_args()\n"
    "try: sys.exit(chosen.run(chosen))\n"
    "except ChatappError as error: sys.exit(error.user_message)"
)


def command(settings: Settings, *arguments: str, typed: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the data of a test."""
    environment = {**os.environ, "CHATAPP_DATA_DIR": str(settings.data_dir), "CHATAPP_SECRET": "test secret"}
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        input=typed,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.asyncio
async def test_an_account_made_on_the_command_line_can_sign_in(migrated: Settings) -> None:
    made = command(migrated, "create-user", "Ada", typed=f"{PASSWORD}\n")
    assert (made.returncode, made.stdout) == (0, "Ada can sign in now, and is an administrator.\n")
    assert await service.log_in("ada", PASSWORD, VISITOR, migrated)
    again = command(migrated, "create-user", "ADA", typed=f"{PASSWORD}\n")
    assert (again.returncode, again.stderr.strip()) == (1, "This username is taken.")


@pytest.mark.asyncio
async def test_a_reset_signs_out_and_the_old_password_is_worth_nothing(migrated: Settings) -> None:
    token = await join("ada", migrated)
    done = command(migrated, "reset-password", "ada", typed="another fine phrase\n")
    assert done.returncode == 0, done.stderr
    assert await sessions.resolve(token, migrated) is None
    with pytest.raises(Invalid):
        await service.log_in("ada", PASSWORD, VISITOR, migrated)


def test_a_bad_password_and_an_unknown_name_are_refused_in_words(settings: Settings) -> None:
    short = command(settings, "create-user", "ada", typed="short\n")
    assert (short.returncode, short.stderr.strip()) == (1, "A password has at least 8 characters.")
    unknown = command(settings, "reset-password", "ada", typed=f"{PASSWORD}\n")
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "There is no account of this name.")
