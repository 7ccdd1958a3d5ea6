"""What a person does with their account once it is there; making one is in signup.

Signing in takes the same time and gives the same answer for an unknown name and for a wrong password.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chatapp import limits
from chatapp.accounts import devices, passwords, queries, sessions, usernames
from chatapp.accounts.principal import Principal
from chatapp.accounts.visitor import Visitor
from chatapp.db import database
from chatapp.errors import Conflict, Invalid, NotFound
from chatapp.log import get_logger
from chatapp.models import User
from chatapp.settings import Settings

FREE_FAILURES = 5
FAILURE_RATE = "20/15minutes"
"""How long failures are remembered; the amount only has to be above where the delay stops growing."""

MAX_DELAY_SECONDS = 8
"""A delay and no lockout: otherwise anybody could keep anybody out by typing wrong passwords."""

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoginView:
    """A login session as its owner sees it. `device` is "Firefox on Linux"; moments are in UTC."""

    device: str
    signed_in_at: datetime
    seen_at: datetime
    is_current: bool


def failure_delay_seconds(failures: int) -> int:
    """How long an attempt waits after so many failures in the window: 0 below five, then 1, 2, 4, 8, 8 ..."""
    return 0 if failures < FREE_FAILURES else min(2 ** (failures - FREE_FAILURES), MAX_DELAY_SECONDS)


async def log_in(username: str, password: str, visitor: Visitor, settings: Settings) -> str:
    """Sign in; returns the token of a new login session.

    Raises Invalid when the name or the password is wrong (the error does not say which) and TooMany.
    """
    await limits.check("login", settings.login_limit, visitor.address)
    username_key = usernames.key(username)
    failures = await limits.count("failure", FAILURE_RATE, username_key)
    await limits.record("failure", FAILURE_RATE, username_key)  # before the outcome: others are tried beside this one
    await asyncio.sleep(failure_delay_seconds(failures))
    user = await _find_verified(username_key, password)
    token = await _open(user, password, visitor, settings) if user else None
    if token is None:
        logger.info("login refused", address=visitor.address)
        raise Invalid("wrong_login", code="wrong_credentials")
    await limits.forget("failure", FAILURE_RATE, username_key)
    return token


async def change_password(principal: Principal, current: str, new: str, settings: Settings) -> int:
    """Set a new password and end the person's other sessions; returns how many were ended.

    Raises Invalid for a wrong current or a bad new password, Conflict when it was changed meanwhile, and TooMany.
    """
    await limits.check("password", settings.login_limit, principal.user_id)
    user = await _get_user(principal.user_id)
    if not await passwords.verify(current, user.password_hash):
        raise Invalid("wrong_current_password", code="wrong_credentials")
    passwords.check_new(new, user.username)
    new_hash = await passwords.hash_password(new)
    async with database.writing() as db:
        if not await queries.replace_password(db, user.id, user.password_hash, new_hash):
            raise Conflict("password_changed_elsewhere")
        ended = await queries.delete_logins(db, user.id, but=principal.session_hash)
    sessions.forget()
    return ended


async def reset_password(username: str, new: str) -> None:
    """Set a person's password and end all their sessions: for the operator. Raises NotFound, Invalid and Conflict."""
    async with database.reading() as db:
        user = await queries.find_user_by_key(db, usernames.key(username))
    if user is None:
        raise NotFound("account_unknown")
    passwords.check_new(new, user.username)
    new_hash = await passwords.hash_password(new)
    async with database.writing() as db:
        if not await queries.replace_password(db, user.id, user.password_hash, new_hash):
            raise Conflict("password_changed_now")
        await queries.delete_logins(db, user.id)
    sessions.forget()


@database.retries
async def list_logins(principal: Principal) -> list[LoginView]:
    """The person's login sessions, the last used first."""
    async with database.reading() as db:
        logins = await queries.list_logins(db, principal.user_id)
    return [
        LoginView(devices.name(row.user_agent), row.created_at, row.seen_at, row.token_hash == principal.session_hash)
        for row in logins
    ]


@database.retries
async def get_preferred_model(principal: Principal) -> str:
    """The model the person picked last, as `endpoint/model`; "" if none. Raises NotFound."""
    async with database.reading() as db:
        model = await queries.find_preferred_model(db, principal.user_id)
    if model is None:
        raise NotFound
    return model


@database.retries
async def set_preferred_model(principal: Principal, model: str) -> None:
    """Remember the model the person picked last. Whether it exists is the catalog's question."""
    async with database.writing() as db:
        await queries.set_preferred_model(db, principal.user_id, model)


async def _find_verified(username_key: str, password: str) -> User | None:
    async with database.reading() as db:
        user = await queries.find_user_by_key(db, username_key)
    matches = await passwords.verify(password, user.password_hash if user else None)
    return user if matches and user and user.is_active else None


async def _open(user: User, password: str, visitor: Visitor, settings: Settings) -> str | None:
    """A login session; None when the password was changed while the old one was being verified."""
    is_outdated = passwords.needs_rehash(user.password_hash)
    current_hash = await passwords.hash_password(password) if is_outdated else user.password_hash
    async with database.writing() as db:
        if not await queries.replace_password(db, user.id, user.password_hash, current_hash):
            return None
        return await sessions.create(db, user, visitor.user_agent, settings)


async def _get_user(user_id: str) -> User:
    async with database.reading() as db:
        user = await queries.find_user(db, user_id)
    if user is None:
        raise NotFound
    return user
