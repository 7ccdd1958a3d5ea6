"""Login sessions: from a cookie to a person, for HTTP requests and websocket events alike.

The token is 256 random bits and only its SHA-256 is stored. A lookup counts for REMEMBER_SECONDS, because a page sends
its events in bursts: a first question is nine of them within 50 ms. After that time a session that was ended elsewhere,
a person who was locked out or a role that was taken away counts in every process; what this one ends counts at once.
"""

import hashlib
import secrets
import time
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.accounts import cookies, queries
from chatapp.accounts.principal import Principal
from chatapp.accounts.queries import Login
from chatapp.clock import now
from chatapp.db import database
from chatapp.models import LoginSession, User
from chatapp.settings import Settings

TOKEN_BYTES = 32
USER_AGENT_MAX_CHARACTERS = 300

REMEMBER_SECONDS = 1.0
REMEMBER_MAX = 10_000
"""Logins remembered at once; with more of them in one second, all are looked up again."""

NOTE_SECONDS = 60
"""How often at most the use of a login is written down; a write for every event would be the app's busiest query."""

_remembered: dict[str, tuple[Principal, float]] = {}
_forgotten_at = 0.0
_noted_at: dict[str, float] = {}
"""When this process last wrote down the use of a login, by the hash of its token."""


def hash_token(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. A plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def create(db: AsyncSession, user: User, user_agent: str, settings: Settings) -> str:
    """Start a login session inside the caller's transaction; returns the token for the cookie.

    Sessions that have run out, of anybody, are deleted on the way: logins are rare and the table stays small.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.add(
        LoginSession(token_hash=hash_token(token), user_id=user.id, user_agent=user_agent[:USER_AGENT_MAX_CHARACTERS])
    )
    await queries.delete_stale_logins(
        db,
        seen_before=now() - timedelta(seconds=settings.session_idle_seconds),
        created_before=now() - timedelta(seconds=settings.session_absolute_seconds),
    )
    return token


async def resolve_cookies(cookie_header: str, settings: Settings) -> Principal | None:
    """Who sent this `Cookie` header, or None. The one function for HTTP and for the websocket."""
    token = cookies.session_token(cookie_header, settings)
    return await resolve(token, settings) if token else None


@database.retries
async def resolve(token: str, settings: Settings) -> Principal | None:
    """The person a token belongs to; None when it is unknown, ended, run out, or the person is locked out.

    Asking is no use of the login: an open tab asks every few seconds, whether anybody sits in front of it or not.
    """
    token_hash = hash_token(token)
    if remembered := _find_remembered(token_hash):
        return remembered
    started_at = time.monotonic()
    async with database.reading() as db:
        login = await queries.find_login(db, token_hash)
    if login is None or not login.is_active or _has_run_out(login, settings):
        return None
    principal = Principal(login.user_id, login.username, login.is_admin, token_hash)
    _remember(principal, started_at)
    return principal


async def note_use(principal: Principal, settings: Settings) -> None:
    """Note that the person did something, which keeps the login from running out; written once a minute at most."""
    # A quarter of the idle time: with the shortest setting (60 s) a minute would let a session in use run out.
    after_seconds = min(NOTE_SECONDS, settings.session_idle_seconds / 4)
    noted_at = _noted_at.get(principal.session_hash)
    if noted_at is not None and time.monotonic() - noted_at < after_seconds:
        return
    if len(_noted_at) >= REMEMBER_MAX:
        _noted_at.clear()
    _noted_at[principal.session_hash] = time.monotonic()
    await _write_use(principal.session_hash)


@database.retries
async def _write_use(token_hash: str) -> None:
    async with database.writing() as db:
        await queries.touch_login(db, token_hash, now())


async def end(token: str) -> None:
    """End the login session of a token; nothing happens if there is none."""
    async with database.writing() as db:
        await queries.delete_login(db, hash_token(token))
    forget()


@database.retries
async def end_others(principal: Principal) -> int:
    """End the person's other login sessions; returns how many."""
    async with database.writing() as db:
        ended = await queries.delete_logins(db, principal.user_id, but=principal.session_hash)
    forget()
    return ended


def forget() -> None:
    """Look everybody up again: something about logins has changed, and lookups under way may not have seen it."""
    global _forgotten_at  # noqa: PLW0603 - what is remembered is this process's
    _remembered.clear()
    _forgotten_at = time.monotonic()


def _find_remembered(token_hash: str) -> Principal | None:
    principal, looked_up_at = _remembered.get(token_hash, (None, 0.0))
    return principal if time.monotonic() - looked_up_at < REMEMBER_SECONDS else None


def _remember(principal: Principal, looked_up_at: float) -> None:
    if looked_up_at <= _forgotten_at:
        return
    if len(_remembered) >= REMEMBER_MAX:
        _remembered.clear()
    _remembered[principal.session_hash] = (principal, looked_up_at)


def _has_run_out(login: Login, settings: Settings) -> bool:
    idle_seconds = (now() - login.seen_at).total_seconds()
    age_seconds = (now() - login.created_at).total_seconds()
    return idle_seconds > settings.session_idle_seconds or age_seconds > settings.session_absolute_seconds
