"""Everybody's login sessions, for the operator at the command line; a person sees their own through the service.

A session is named by its handle, the first characters of its hash: enough to tell them apart, and worth nothing to
whoever reads it.
"""

from dataclasses import dataclass
from datetime import datetime

from chatapp.accounts import devices, queries, usernames
from chatapp.db import database
from chatapp.errors import Invalid, NotFound
from chatapp.models import User

HANDLE_CHARACTERS = 12
"""48 of the 256 bits: two of a million sessions share them once in 500 installations, and then none is ended."""


@dataclass(frozen=True, slots=True)
class Login:
    """One login session. `device` is "Firefox on Linux"; moments are in UTC."""

    handle: str
    username: str
    device: str
    signed_in_at: datetime
    seen_at: datetime


async def list_all(username: str = "") -> list[Login]:
    """All login sessions, or those of one person, the last used first. Raises NotFound."""
    user = await _get_user(username) if username else None
    async with database.reading() as db:
        found = await queries.list_all_logins(db, user_id=user.id if user else None)
    return [
        Login(
            row.token_hash[:HANDLE_CHARACTERS],
            owner.username,
            devices.name(row.user_agent),
            row.created_at,
            row.seen_at,
        )
        for row, owner in found
    ]


async def end_one(handle: str) -> str:
    """End one login session; returns whose it was. Raises NotFound, and Invalid when two begin like this."""
    if len(handle) < HANDLE_CHARACTERS:
        raise Invalid("handle_length", characters=HANDLE_CHARACTERS)
    async with database.writing() as db:
        found = [pair for pair in await queries.list_all_logins(db) if pair[0].token_hash.startswith(handle)]
        if not found:
            raise NotFound("login_unknown")
        if len(found) > 1:
            raise Invalid("handle_ambiguous")
        login, user = found[0]
        await queries.delete_login(db, login.token_hash)
    return user.username


async def end_all(username: str) -> int:
    """End all login sessions of a person; returns how many. Raises NotFound."""
    user = await _get_user(username)
    async with database.writing() as db:
        return await queries.delete_logins(db, user.id)


async def _get_user(username: str) -> User:
    async with database.reading() as db:
        user = await queries.find_user_by_key(db, usernames.key(username))
    if user is None:
        raise NotFound("account_unknown")
    return user
