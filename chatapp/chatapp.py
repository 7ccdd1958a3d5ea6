"""The composition root: the app, its pages, what guards them, and the services that start and stop with it."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex.utils.prerequisites import get_web_dir
from reflex_base.environment import environment
from starlette.applications import Starlette
from starlette.types import ASGIApp

from chatapp import health, log, repeated
from chatapp import settings as settings_module
from chatapp.accounts.routes import AuthRoutes
from chatapp.process import freeze_gc, running, summary
from chatapp.ui import build, theme
from chatapp.ui.components.broken_page import guarded_page
from chatapp.ui.components.feedback import global_notices
from chatapp.ui.pages import chat, login, not_found, signup
from chatapp.ui.pages import settings as settings_page
from chatapp.ui.state.opening import FillOnConnect
from chatapp.web.content_security_policy import SecurityHeaders
from chatapp.web.event_frames import FRAME_MAX_CHARACTERS, CheckFrames
from chatapp.web.guard import Guard, assert_installed
from chatapp.web.missing_files import MissingFiles
from chatapp.web.origins import CheckOrigins
from chatapp.web.page_addresses import PageAddresses
from chatapp.web.page_errors import tell_failure
from chatapp.web.page_failures import note_client_error
from chatapp.web.parsed_frames import take_parsed
from chatapp.web.restarting import tell_pages
from chatapp.web.socketio_compat import compare_no_origins
from chatapp.web.token_binding import BindTokens
from chatapp.web.visitors import KnowVisitors

settings = settings_module.current()
BUILD = get_web_dir() / "build" / "client"
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
"""The page may use the whole screen of a phone and shrinks when the keyboard comes: the composer stays above it."""


def wrap_static_app(served: ASGIApp) -> ASGIApp:
    """The pages at their addresses, a 404 for files of other builds, and all headers."""
    return SecurityHeaders(MissingFiles(PageAddresses(served, BUILD), BUILD), BUILD, settings)


@asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Start what the pages need, say what they talk to, and stop it at the end, which pages are told first."""
    assert_installed(app)
    with check_frames.passing():
        async with repeated.told(), running(settings):
            sys.stderr.write(f"{await summary(settings)}\n")
            freeze_gc()
            yield
            await tell_pages(app)


log.configure(settings.log_level)
environment.REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE.set(FRAME_MAX_CHARACTERS)
check_frames = CheckFrames()
app = rx.App(
    stylesheets=["/chat.css"],
    html_lang="en",
    toaster=None,
    backend_exception_handler=tell_failure,
    frontend_exception_handler=note_client_error,
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg"),
        rx.el.meta(name="viewport", content=VIEWPORT),
        *(
            rx.el.meta(name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {scheme})"})
            for scheme, colour in theme.PAGE_COLOURS.items()
        ),
    ],
    api_transformer=[
        Starlette(routes=[*health.ROUTES, *AuthRoutes(settings).routes()]),
        wrap_static_app,
        check_frames,
        KnowVisitors(settings),
        BindTokens(settings),
        CheckOrigins(settings),
    ],
)
app.app_wraps[5, "Overlay"] = lambda _stateful: global_notices()  # instead of Reflex's toast
app.app_wraps[55, "ErrorBoundary"] = lambda _stateful: guarded_page()  # instead of Reflex's, which shows the error
app.add_middleware(Guard(), index=0)
app.add_middleware(FillOnConnect())
take_parsed(app)
compare_no_origins(app)
build.tell_builds_apart()
app.register_lifespan_task(services)
for page in (chat, login, signup, settings_page, not_found):
    page.add_to(app)
