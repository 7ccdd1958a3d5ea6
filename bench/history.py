"""Somebody who has been using chatapp for a while: the conversation is written straight into the database."""

import uuid

from sqlalchemy import create_engine
from sqlmodel import Session, col, select

from bench.served import Served
from bench.tab import sign_up
from chatapp.models import Conversation, User
from tests.e2e.seeding import long_conversation, seed


async def person_with(served: Served, messages: int) -> tuple[str, str]:
    """Somebody new who has a conversation of so many messages: their cookie, and the path of the conversation.

    Without messages the path is that of a new conversation.
    """
    username = f"person-{uuid.uuid4().hex[:12]}"
    cookie = await sign_up(served.url, username)
    if not messages:
        return cookie, "/"
    rows = long_conversation(_id_of(served.server.database_url, username), "A long talk", messages)
    seed(served.server, rows)
    (made,) = [row for row in rows if isinstance(row, Conversation)]
    return cookie, f"/c/{made.id}"


def _id_of(database_url: str, username: str) -> str:
    engine = create_engine(database_url)
    with Session(engine) as db:
        found = db.exec(select(User.id).where(col(User.username) == username)).one()
    engine.dispose()
    return found
