"""What accounts ask the database. Each function takes a database session and leaves the transaction to its caller."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CursorResult, bindparam
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.models import LoginSession, User

_LOGIN = (
    select(LoginSession, User)
    .join(User, col(User.id) == col(LoginSession.user_id))
    .where(col(LoginSession.token_hash) == bindparam("token_hash"))
)
"""A constant, which SQLAlchemy compiles once, because every page asks it."""


class Login(NamedTuple):
    """A login session and whose it is."""

    user_id: str
    username: str
    is_admin: bool
    is_active: bool
    created_at: datetime
    seen_at: datetime


async def has_users(db: AsyncSession) -> bool:
    """Whether there is any account."""
    return (await db.exec(select(User.id).limit(1))).first() is not None


async def find_user_by_key(db: AsyncSession, username_key: str) -> User | None:
    """The account with this case-folded name."""
    return (await db.exec(select(User).where(User.username_key == username_key))).first()


async def find_user(db: AsyncSession, user_id: str) -> User | None:
    """The account with this id, read from the database now."""
    return await db.get(User, user_id, populate_existing=True)


async def find_login(db: AsyncSession, token_hash: str) -> Login | None:
    """A login session by the hash of its token: one indexed query."""
    row = (await db.exec(_LOGIN, params={"token_hash": token_hash})).first()
    if row is None:
        return None
    login, user = row
    return Login(user.id, user.username, user.is_admin, user.is_active, login.created_at, login.seen_at)


async def list_logins(db: AsyncSession, user_id: str) -> list[LoginSession]:
    """A person's login sessions, the last used first."""
    query = select(LoginSession).where(LoginSession.user_id == user_id)
    return list((await db.exec(query.order_by(col(LoginSession.seen_at).desc()))).all())


async def list_all_logins(db: AsyncSession, *, user_id: str | None = None) -> list[tuple[LoginSession, User]]:
    """Everybody's login sessions, or one person's, with whose they are, the last used first; for the operator."""
    query = select(LoginSession, User).join(User, col(User.id) == LoginSession.user_id)
    if user_id is not None:
        query = query.where(LoginSession.user_id == user_id)
    return list((await db.exec(query.order_by(col(LoginSession.seen_at).desc()))).all())


async def touch_login(db: AsyncSession, token_hash: str, seen_at: datetime) -> None:
    """Note that a login session was used."""
    await db.exec(update(LoginSession).where(col(LoginSession.token_hash) == token_hash).values(seen_at=seen_at))


async def delete_login(db: AsyncSession, token_hash: str) -> None:
    """End one login session."""
    await db.exec(delete(LoginSession).where(col(LoginSession.token_hash) == token_hash))


async def delete_logins(db: AsyncSession, user_id: str, *, but: str = "") -> int:
    """End a person's login sessions except the one whose hash is `but`; returns how many."""
    query = delete(LoginSession).where(col(LoginSession.user_id) == user_id, col(LoginSession.token_hash) != but)
    return _rows(await db.exec(query))


async def delete_stale_logins(db: AsyncSession, *, seen_before: datetime, created_before: datetime) -> int:
    """Delete the login sessions that have run out; returns how many."""
    stale = (col(LoginSession.seen_at) < seen_before) | (col(LoginSession.created_at) < created_before)
    return _rows(await db.exec(delete(LoginSession).where(stale)))


async def replace_password(db: AsyncSession, user_id: str, old_hash: str, new_hash: str) -> bool:
    """Set a person's password hash if it is still `old_hash`; False means that somebody was faster."""
    query = update(User).where(col(User.id) == user_id, col(User.password_hash) == old_hash)
    return _rows(await db.exec(query.values(password_hash=new_hash))) == 1


async def find_preferred_model(db: AsyncSession, user_id: str) -> str | None:
    """The model a person picked last, "" if none; None when there is no such person."""
    return (await db.exec(select(User.preferred_model).where(col(User.id) == user_id))).first()


async def set_preferred_model(db: AsyncSession, user_id: str, model: str) -> None:
    """Remember the model a person picked last."""
    await db.exec(update(User).where(col(User.id) == user_id).values(preferred_model=model))


def _rows(result: CursorResult[tuple[object, ...]]) -> int:
    return int(result.rowcount)
