"""Whether this process lives, and whether it can serve: what a supervisor or a load balancer asks."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chatapp import database
from chatapp.migrations import current_revision, head_revision


async def live(_request: Request) -> JSONResponse:
    """200 as long as the event loop turns."""
    return JSONResponse({"status": "live"})


async def ready(_request: Request) -> JSONResponse:
    """200 when people can be served; 503 naming what is missing otherwise."""
    checks = {"database": await _database_answers(), "migrations": await _is_migrated()}
    is_ready = all(checks.values())
    return JSONResponse(
        {"status": "ready" if is_ready else "unavailable", "checks": checks}, status_code=200 if is_ready else 503
    )


ROUTES = [Route("/health/live", live), Route("/health/ready", ready)]


async def _database_answers() -> bool:
    try:
        async with database.engine().connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _is_migrated() -> bool:
    try:
        async with database.engine().connect() as connection:
            return await connection.run_sync(current_revision) == head_revision()
    except (SQLAlchemyError, OSError):
        return False
