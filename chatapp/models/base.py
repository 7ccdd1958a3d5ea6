"""What every table shares: opaque ids and moments in UTC."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Table, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

EMPTY_SQL = text("''")
"""The default of a column of text that older rows have too."""


def new_id() -> str:
    """A fresh id of 122 random bits: nobody can guess the address of another person's conversation."""
    return str(uuid.uuid4())


def table(model: type[SQLModel]) -> Table:
    """The table of a model, for statements that the ORM has no part in."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is added again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; a naive value would be a bug and is refused."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment from either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
