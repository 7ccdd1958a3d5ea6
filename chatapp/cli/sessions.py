"""`python -m chatapp sessions`: who is signed in where, and ending a login or all of a person's."""

import argparse

from chatapp.accounts import logins
from chatapp.cli import database_work
from chatapp.cli.commands import Commands


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    sessions = commands.add_parser("sessions", help="list login sessions, or end some").add_subparsers(
        required=True, metavar="ACTION"
    )
    listing = sessions.add_parser("list", help="everybody's, or one person's, the last used first")
    listing.add_argument("username", nargs="?", default="")
    listing.set_defaults(run=list_all)
    one = sessions.add_parser("end", help="sign one browser out")
    one.add_argument("handle", help="the first word of its line in the list")
    one.set_defaults(run=end_one)
    every = sessions.add_parser("end-all", help="sign a person out everywhere")
    every.add_argument("username")
    every.set_defaults(run=end_all)


def list_all(arguments: argparse.Namespace) -> int:
    """Print a line a login session. Raises NotFound when there is no such person."""

    async def work() -> str:
        found = await logins.list_all(arguments.username)
        return "\n".join(map(_line, found)) or "Nobody is signed in."

    return database_work.report(work)


def end_one(arguments: argparse.Namespace) -> int:
    """End the login session of a handle. Raises NotFound and Invalid."""

    async def work() -> str:
        return f"{await logins.end_one(arguments.handle)} is signed out there."

    return database_work.report(work)


def end_all(arguments: argparse.Namespace) -> int:
    """End all login sessions of a person. Raises NotFound."""

    async def work() -> str:
        ended = await logins.end_all(arguments.username)
        return f"{arguments.username} is signed out everywhere ({ended} login session{'' if ended == 1 else 's'})."

    return database_work.report(work)


def _line(login: logins.Login) -> str:
    times = f"since {login.signed_in_at:%Y-%m-%d %H:%M}, last used {login.seen_at:%Y-%m-%d %H:%M} UTC"
    return f"{login.handle}  {login.username}  {login.device}  {times}"
