"""Whether this process lives, whether it can serve, and what it has counted: for supervisors and monitoring."""

import hmac
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chatapp import limits, metrics
from chatapp import settings as settings_module
from chatapp.db import database
from chatapp.db.migrations import current_revision, head_revision
from chatapp.settings import LOOPBACK_NAMES, Settings
from chatapp.streaming import hub

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""What proxies add. One that adds none of them still hands on the name that the visitor typed."""

LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})


async def live(_request: Request) -> JSONResponse:
    """200 as long as the event loop turns."""
    return JSONResponse({"status": "live"})


async def ready(_request: Request) -> JSONResponse:
    """200 when people can be served; 503 naming what is missing otherwise."""
    checks = {"database": await _database_answers(), "migrations": await _is_migrated()}
    if settings_module.current().redis_url:
        checks["redis"] = not hub.current().is_down
    is_ready = all(checks.values())
    return JSONResponse(
        {"status": "ready" if is_ready else "unavailable", "checks": checks}, status_code=200 if is_ready else 503
    )


async def page(_request: Request) -> Response:
    """204: a page of this origin may talk to us. Others are refused before, by web.origins, and told why."""
    return Response(status_code=204)


async def figures(request: Request) -> Response:
    """The metrics of this process, for this machine or with the token; 403 in words otherwise."""
    if not may_see_metrics(request, settings_module.current()):
        words = "Metrics are for this machine, or for whoever has the token of CHATAPP_METRICS_TOKEN.\n"
        return PlainTextResponse(words, status_code=403)
    return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)


def may_see_metrics(request: Request, settings: Settings) -> bool:
    """With a token: whoever sends it. Without one: this machine alone.

    Behind a proxy every peer is this machine. So a request that came through one counts by the address that the
    outermost trusted proxy saw, and is refused when no such proxy is configured or the header is too short for it.
    """
    if token := settings.metrics_token.get_secret_value():
        sent = request.headers.get("authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    peer = request.client.host if request.client else ""
    if not any(name in request.headers for name in FORWARDED):
        return peer in LOOPBACK_NAMES and urlsplit(f"//{request.headers.get('host', '')}").hostname in LOOPBACK_NAMES
    hops, forwarded_for = settings.trusted_proxy_hops, ",".join(request.headers.getlist("x-forwarded-for"))
    if not 0 < hops <= len([hop for hop in forwarded_for.split(",") if hop.strip()]):
        return False
    return limits.client_address(peer, forwarded_for, hops) in LOOPBACK_ADDRESSES


ROUTES = [
    Route("/health/live", live),
    Route("/health/ready", ready),
    Route("/health/page", page, methods=["POST"]),
    Route("/metrics", figures),
]


async def _database_answers() -> bool:
    try:
        await database.ping()
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _is_migrated() -> bool:
    try:
        async with database.reading_connection() as connection:
            return await connection.run_sync(current_revision) == head_revision()
    except (SQLAlchemyError, OSError):
        return False
