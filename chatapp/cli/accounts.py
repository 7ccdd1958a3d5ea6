"""`python -m chatapp create-user` and `reset-password`: for the operator, also of an installation nobody can enter.

Passwords are typed, or piped in; never an argument, which every other user of the machine could read.
"""

import argparse
import getpass
import sys

from chatapp.accounts import service, signup
from chatapp.cli import database_work
from chatapp.cli.commands import Commands
from chatapp.errors import CommandError


def add_to(commands: Commands) -> None:
    """Make the commands known to the parser."""
    create = commands.add_parser("create-user", help="make an account; the first one becomes the administrator")
    create.add_argument("username")
    create.add_argument("--admin", action="store_true", help="make it an administrator")
    create.set_defaults(run=create_user)
    reset = commands.add_parser("reset-password", help="set a person's password and sign them out everywhere")
    reset.add_argument("username")
    reset.set_defaults(run=reset_password)


def create_user(arguments: argparse.Namespace) -> int:
    """Make an account whatever CHATAPP_SIGNUP says. Raises Invalid and Conflict."""

    async def work() -> str:
        user = await signup.create_user(arguments.username, password, is_admin=arguments.admin)
        return f"{user.username} can sign in now{', and is an administrator' if user.is_admin else ''}."

    settings = database_work.migrated(database_work.load_command_settings())  # or a password is typed for nothing
    password = read_password()
    print(database_work.run(settings, work))
    return 0


def reset_password(arguments: argparse.Namespace) -> int:
    """Set a password without knowing the old one. Raises NotFound, Invalid and Conflict."""

    async def work() -> str:
        await service.reset_password(arguments.username, password)
        return f"The password of {arguments.username} is set. They are signed out everywhere."

    settings = database_work.migrated(database_work.load_command_settings())  # or a password is typed for nothing
    password = read_password()
    print(database_work.run(settings, work))
    return 0


def read_password() -> str:
    """The password: asked for twice on a terminal, else the first line of standard input. Raises CommandError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords are not the same.")
    return password
