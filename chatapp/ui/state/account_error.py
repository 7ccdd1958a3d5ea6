"""What went wrong on the login, sign-up or settings page."""

import reflex as rx


class AccountErrorState(rx.State):
    """One for the three, of which a tab shows one; each fills it anew when it opens."""

    error: str = ""
