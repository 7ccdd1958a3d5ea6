"""What goes straight to SQLite's driver comes back as from SQLAlchemy."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, create_engine
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError

from chatapp.models.base import UtcDateTime
from chatapp.prepared_sqlite import LIST_MAX, Prepared, Statements

MORNING = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)

NOTES = sa.Table(
    "note",
    sa.MetaData(),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("is_open", sa.Boolean),
    sa.Column("written_at", UtcDateTime),
    sa.Column("state", sa.String, default="new"),
)
SAME_LENGTH = sa.select(NOTES.c.id).where(NOTES.c.pages == bindparam("length")).order_by(NOTES.c.id)
SAME_STATE = sa.select(NOTES.c.id, NOTES.c.is_open, NOTES.c.written_at).where(
    NOTES.c.id.in_(bindparam("ids", expanding=True)), NOTES.c.state.in_(["new", "old"])
)
LENGTHEN = (
    sa.update(NOTES).where(NOTES.c.id == bindparam("of"), NOTES.c.state != "shut").values(pages=NOTES.c.pages + 1)
)
FORGET = sa.delete(NOTES).where(NOTES.c.pages > bindparam("length"))
ADD = sa.insert(NOTES)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database of three notes."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        NOTES.metadata.create_all(made)
        made.execute(ADD, [note("a"), note("b", written_at=MORNING), note("c", is_open=None, pages=2)])
        yield made


@pytest.fixture
def statements(connection: Connection) -> Statements:
    """Nothing has been run yet."""
    return Statements(connection.dialect)


def note(name: str, **other: object) -> dict[str, object]:
    """A row."""
    return {"id": name, "pages": 1, "is_open": True, "written_at": None, "state": "new", **other}


def run(connection: Connection, statements: Statements, statement: Any, values: Any) -> Any:
    """Run `statement` prepared, as it is from the second time on."""
    statements.find(statement, values)
    prepared = statements.find(statement, values)
    assert isinstance(prepared, Prepared)
    return prepared.run(connection.connection.driver_connection, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("ids", [[], ["b"], ["a", "b", "c"], ["c", "x"]])
def test_rows_are_those_of_sqlalchemy(connection: Connection, statements: Statements, ids: list[str]) -> None:
    expected = connection.execute(SAME_STATE, {"ids": ids}).all()
    found = run(connection, statements, SAME_STATE, {"ids": ids}).all()
    assert found == expected
    assert [(row.id, row.is_open, row.written_at) for row in found] == [tuple(row) for row in expected]


def test_one_preparation_serves_all_values(connection: Connection, statements: Statements) -> None:
    for length, expected in ((1, ["a", "b"]), (2, ["c"]), (3, [])):
        assert list(run(connection, statements, SAME_LENGTH, {"length": length}).scalars()) == expected
    for ids in (["a", "b"], ["b", "c"], ["x", "y"]):
        found = run(connection, statements, SAME_STATE, {"ids": ids}).scalars()
        assert sorted(found) == [name for name in ids if name in "abc"]


def test_a_change_says_how_many_rows_it_touched(connection: Connection, statements: Statements) -> None:
    assert run(connection, statements, LENGTHEN, {"of": "a"}).rowcount == 1
    assert run(connection, statements, LENGTHEN, {"of": "x"}).rowcount == 0
    assert run(connection, statements, FORGET, {"length": 1}).rowcount == 2
    assert connection.execute(sa.select(NOTES.c.id)).scalars().all() == ["b"]


def test_the_columns_that_are_set_are_those_that_are_named(connection: Connection, statements: Statements) -> None:
    assert run(connection, statements, LENGTHEN, {"of": "a", "state": "shut"}).rowcount == 1
    assert run(connection, statements, LENGTHEN, {"of": "a", "is_open": False}).rowcount == 0
    assert connection.execute(sa.select(NOTES.c.pages, NOTES.c.is_open)).first() == (2, True)


def test_several_rows_are_added_at_once(connection: Connection, statements: Statements) -> None:
    run(connection, statements, ADD, [note("d", written_at=MORNING), note("e", is_open=False)])
    added = connection.execute(SAME_STATE, {"ids": ["d", "e"]}).all()
    assert added == [("d", True, MORNING), ("e", False, None)]


def test_errors_are_those_of_sqlalchemy_without_the_values(connection: Connection, statements: Statements) -> None:
    with pytest.raises(IntegrityError) as caught:
        run(connection, statements, ADD, note("a", state="a secret"))
    assert "UNIQUE" in str(caught.value)
    assert "a secret" not in str(caught.value)
    connection.exec_driver_sql("DROP TABLE note")
    with pytest.raises(OperationalError, match="no such table"):
        run(connection, statements, FORGET, {"length": 1})


def test_a_value_that_is_missing_is_an_error(connection: Connection, statements: Statements) -> None:
    statements.find(SAME_LENGTH, {})
    with pytest.raises(InvalidRequestError, match="length"):
        statements.find(SAME_LENGTH, {})


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sa.text("SELECT id FROM note WHERE pages = :pages"), {"pages": 1}),
        (ADD, {"id": "d", "pages": 1}),  # SQLAlchemy gives the state that has a default
        (ADD.returning(NOTES.c.id), note("d")),
        (SAME_STATE, {"ids": [str(number) for number in range(LIST_MAX + 1)]}),
    ],
)
def test_what_takes_more_is_left_to_sqlalchemy(statements: Statements, statement: Any, values: dict[str, Any]) -> None:
    assert statements.find(statement, values) is None
    assert statements.find(statement, values) is None


def test_a_statement_is_prepared_when_it_comes_again_and_forgotten_with_it(statements: Statements) -> None:
    made = sa.select(NOTES.c.id).where(NOTES.c.pages == 1)
    assert statements.find(made, {}) is None
    assert statements.find(made, {}) is statements.find(made, {}) is not None
    del made
    assert not statements._known
