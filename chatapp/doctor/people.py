"""What is left of people who have gone: logins that have run out, and drafts in places that do not exist."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp import settings as settings_module
from chatapp.clock import now
from chatapp.doctor.findings import Finding, Kind
from chatapp.models import Conversation, Draft, LoginSession, User

NEW_PAGE = "new"
SEPARATOR = " in "


def end_all_logins(connection: Connection) -> None:
    """Sign everybody out of a database that was put back: who was signed in when the copy was made is long gone."""
    connection.execute(delete(LoginSession))


async def _find_logins(db: AsyncSession) -> list[Finding]:
    settings = settings_module.current()
    idle = col(LoginSession.seen_at) < now() - timedelta(seconds=settings.session_idle_seconds)
    old = col(LoginSession.created_at) < now() - timedelta(seconds=settings.session_absolute_seconds)
    rows = await db.exec(select(LoginSession.token_hash).where(idle | old))
    return [Finding(token_hash, "a login that has run out") for token_hash in rows]


async def _mend_logins(db: AsyncSession, token_hashes: Sequence[str]) -> None:
    await db.exec(delete(LoginSession).where(col(LoginSession.token_hash).in_(token_hashes)))


async def _find_drafts(db: AsyncSession) -> list[Finding]:
    """Drafts of a person who does not exist, or for a conversation that is not there or not theirs."""
    theirs = (col(Conversation.id) == col(Draft.conversation_id)) & (col(Conversation.owner_id) == col(Draft.user_id))
    rows = await db.exec(
        select(Draft.user_id, Draft.conversation_id)
        .outerjoin(User, col(User.id) == col(Draft.user_id))
        .outerjoin(Conversation, theirs)
        .where(col(User.id).is_(None) | ((col(Draft.conversation_id) != NEW_PAGE) & col(Conversation.id).is_(None)))
    )
    return [Finding(f"{user_id}{SEPARATOR}{place}", "a draft that nobody can see") for user_id, place in rows]


async def _mend_drafts(db: AsyncSession, ids: Sequence[str]) -> None:
    """Move a person's draft to the page for a new conversation; what nobody has typed goes."""
    for user_id, place in (found.split(SEPARATOR) for found in ids):
        lost = await db.get_one(Draft, (user_id, place))
        if await db.get(User, user_id):
            await _keep(db, user_id, lost.text)
        await db.delete(lost)
        await db.flush()


async def _keep(db: AsyncSession, user_id: str, text: str) -> None:
    kept = await db.get(Draft, (user_id, NEW_PAGE))
    if kept is None:
        db.add(Draft(user_id=user_id, conversation_id=NEW_PAGE, text=text))
    elif text not in kept.text:
        kept.text = f"{kept.text}\n\n{text}"


KINDS = (
    Kind("expired login", _find_logins, _mend_logins),
    Kind("draft of nobody", _find_drafts, _mend_drafts),
)
