"""A small installation with something of everything, and ways to damage it that the app itself does not have."""

from datetime import timedelta

from sqlalchemy import Connection, MetaData
from sqlmodel.ext.asyncio.session import AsyncSession

from chatapp.clock import now
from chatapp.db import database
from chatapp.db.migrations import sync_engine
from chatapp.models import Conversation, Draft, Generation, GenerationPiece, LoginSession, Message, Status, User
from chatapp.settings import Settings

SQLITE_ORDINALS_FREE = (
    "CREATE TABLE copied AS SELECT * FROM message",
    "DROP TABLE message",
    "ALTER TABLE copied RENAME TO message",
)
"""SQLite cannot drop a constraint; a table that is made of a query has none."""

WRITTEN = frozenset({"text", "reasoning"})

POSTGRES_ORDINALS_FREE = ("ALTER TABLE message DROP CONSTRAINT uq_message_ordinal",)


async def settle() -> None:
    """Ada has the conversation "c" with two answers, and "other" with one that is being written right now."""
    async with database.writing() as db:
        db.add(User(id="ada", username="ada", username_key="ada", password_hash="none"))
        await db.flush()
        db.add(LoginSession(token_hash="a" * 64, user_id="ada"))
        db.add(Draft(user_id="ada", conversation_id="new", text="typed for a new one"))
        for id_, turns in (("c", 2), ("other", 1)):
            db.add(Conversation(id=id_, owner_id="ada", first_client_message_id=id_, model="here/demo"))
            await db.flush()
            for turn in range(1, turns + 1):
                await _add_turn(db, id_, turn)
        running = await db.get_one(Generation, "other-g1")
        running.status, running.text, running.lease_until = Status.RUNNING, "", now() + timedelta(seconds=30)
        db.add(GenerationPiece(generation_id="other-g1", seq=1, text="just being written"))


async def _add_turn(db: AsyncSession, conversation_id: str, turn: int) -> None:
    before = f"{conversation_id}-a{turn - 1}" if turn > 1 else None
    question, answer = f"{conversation_id}-q{turn}", f"{conversation_id}-a{turn}"
    asked = Message(id=question, conversation_id=conversation_id, parent_id=before, ordinal=2 * turn - 1, role="user")
    asked.text = f"what {question} asks"
    db.add(asked)
    await db.flush()
    db.add(Message(id=answer, conversation_id=conversation_id, parent_id=question, ordinal=2 * turn, role="assistant"))
    await db.flush()
    made = Generation(id=f"{conversation_id}-g{turn}", conversation_id=conversation_id, message_id=answer, model="here")
    made.status, made.text = Status.COMPLETED, f"what {answer} says"
    db.add(made)
    (await db.get_one(Conversation, conversation_id)).active_leaf_id = answer


def plant(settings: Settings, *statements: str) -> None:
    """Change rows behind the app's back, with no foreign key in the way."""
    with sync_engine(settings.effective_database_url).begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite keeps foreign keys only where it is asked to
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


def free_ordinals(settings: Settings) -> None:
    """Let two messages of a conversation have one ordinal."""
    is_sqlite = settings.effective_database_url.startswith("sqlite")
    plant(settings, *(SQLITE_ORDINALS_FREE if is_sqlite else POSTGRES_ORDINALS_FREE))


def texts(settings: Settings) -> set[str]:
    """Everything that people or models wrote, wherever it is."""
    with sync_engine(settings.effective_database_url).connect() as connection:
        return {text for text in _texts(connection) if text}


def _texts(connection: Connection) -> list[str]:
    tables = MetaData()
    tables.reflect(connection, only=["message", "generation", "generation_piece", "draft"])
    columns = [column for table in tables.tables.values() for column in table.columns if column.name in WRITTEN]
    return [text for column in columns for text in connection.scalars(column.table.select().with_only_columns(column))]
