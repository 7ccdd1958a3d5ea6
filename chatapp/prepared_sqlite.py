"""SQLAlchemy's statements as the standard library's SQLite driver takes them, each compiled once.

To run a statement that it has compiled already, SQLAlchemy needs 70 to 80 us, of which SQLite needs 5: measured for an
update and for a select of one row. Here values and columns go through the same types, and through nothing else.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

LIST_MAX = 100
"""Of a list of values, which is part of the text of its statement: each length is prepared by itself."""

Values = Mapping[str, Any]
Shape = tuple[str | tuple[str, int], ...]
Process = Callable[[Any], Any]


class DirectResult(IteratorResult[Any]):
    """The rows of a statement, and how many it changed."""

    def __init__(self, columns: SimpleResultMetaData, rows: Sequence[Any], rowcount: int) -> None:
        """`rowcount` is the driver's: -1 for a statement that changes none."""
        super().__init__(columns, iter(rows))
        self.rowcount = rowcount


class Prepared:
    """One statement, for values of the same names and, where they are lists, of the same lengths."""

    def __init__(self, compiled: SQLCompiler, values: Values, dialect: Dialect) -> None:
        """Take from `compiled` what running it for values like these needs, and nothing of the values."""
        state = compiled.construct_expanded_state(values)
        self._sql = state.statement
        self._dialect = dialect
        self._lists = [(name, parts) for name, parts in state.parameter_expansion.items() if name in values]
        whole = {part: name for name, parts in state.parameter_expansion.items() for part in parts}
        self._binds = []
        for name in state.positiontup or ():
            of = whole.get(name, name)
            fixed = None if of in values else state.parameters[name]
            self._binds.append((name, fixed, compiled.binds[of].type.dialect_impl(dialect).bind_processor(dialect)))
        columns = getattr(compiled.statement, "selected_columns", ())
        self._columns = SimpleResultMetaData([column.key for column in columns])
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._processors: Sequence[Process | None] = processors if any(processors) else []

    @classmethod
    def of(cls, statement: Any, values: Values, dialect: Dialect) -> Self | None:
        """Prepare `statement` for values like these; None when running it takes more than values and rows."""
        compiled = statement.compile(dialect=dialect, column_keys=sorted(values))
        takes_more = (
            compiled.isplaintext,
            compiled.literal_execute_params,
            compiled.effective_returning,
            compiled.insert_prefetch,
            compiled.update_prefetch,
        )
        return None if any(takes_more) else cls(compiled, values, dialect)

    def run(self, driver: sqlite3.Connection, values: Values | Sequence[Values]) -> DirectResult:
        """Run it, once for each of several `values`. Raises a kind of DBAPIError, as SQLAlchemy does."""
        try:
            if isinstance(values, Mapping):
                cursor = driver.execute(self._sql, self._bind(values))
            else:
                cursor = driver.executemany(self._sql, [self._bind(each) for each in values])
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, self._sql, self._dialect) from error
        return DirectResult(self._columns, self._convert(rows) if self._processors else rows, cursor.rowcount)

    def _bind(self, values: Values) -> list[Any]:
        for name, parts in self._lists:
            values = {**values, **dict(zip(parts, values[name], strict=True))}
        bound = []
        for name, fixed, process in self._binds:
            value = values.get(name, fixed)
            bound.append(process(value) if process else value)
        return bound

    def _convert(self, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        return [tuple(p(v) if p else v for p, v in zip(self._processors, row, strict=True)) for row in rows]


class Statements:
    """What has been run, with what was prepared of it.

    A statement is prepared when it comes a second time, as those do that are made once. To prepare one that is made for
    one use would take ten times as long as to run it.
    """

    def __init__(self, dialect: Dialect) -> None:
        """Prepare for `dialect`."""
        self._dialect = dialect
        self._known: WeakKeyDictionary[Any, dict[Shape, Prepared | None]] = WeakKeyDictionary()

    def find(self, statement: Any, values: Values | Sequence[Values]) -> Prepared | None:
        """What to run instead of `statement` with `values`; None when SQLAlchemy is to run it."""
        known = self._known.get(statement)
        if known is None:
            self._known[statement] = {}
            return None
        example = values if isinstance(values, Mapping) else values[0]
        shape = tuple((name, len(value)) if type(value) is list else name for name, value in example.items())
        if shape not in known:
            is_short = all(isinstance(part, str) or part[1] <= LIST_MAX for part in shape)
            known[shape] = Prepared.of(statement, example, self._dialect) if is_short else None
        return known[shape]


def as_sqlalchemy(error: sqlite3.Error, statement: str, dialect: Dialect) -> Exception:
    """What SQLAlchemy raises instead of an error of the driver's; the values that were given are not in it."""
    return DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect)
