"""Tells every open page that this process is about to end, when it begins to let answers finish.

Pages learn it as a change of a variable that is never changed here: the process that they connect to next sends its
own, which is false, and that ends the notice.
"""

import reflex as rx

from chatapp.web.reflex_compat import send_to_all_pages


class RestartState(rx.State):
    """Whether the server that a page was connected to last has said that it ends."""

    restarting: bool = False


async def tell_pages(app: rx.App) -> None:
    """Have every page that is connected to this process say that the server restarts."""
    await send_to_all_pages(app, RestartState, restarting=True)
