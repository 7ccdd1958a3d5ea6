"""Breaking what keeps answers alive, with an error that nobody expects."""

from sqlalchemy import Engine, event, text

from chatapp.db import database
from tests.waiting import until


async def lose_generations_for_a_moment() -> None:
    """Take the table of generations away until somebody has asked for it and failed."""
    failed: list[object] = []
    note = failed.append
    event.listen(Engine, "handle_error", note)

    async def has_failed() -> bool:
        return bool(failed)

    await _rename("generation", "elsewhere")
    try:
        await until(has_failed, what="a failure")
    finally:
        await _rename("elsewhere", "generation")
        event.remove(Engine, "handle_error", note)


@database.retries  # PostgreSQL ends a transaction that pauses for 10 s, and a loop that writes tracebacks may
async def _rename(old: str, new: str) -> None:
    async with database.writing() as db:
        await db.exec(text(f"ALTER TABLE {old} RENAME TO {new}"))  # type: ignore[call-overload]
