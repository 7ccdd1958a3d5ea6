"""How the frames of a page name states and event handlers, worked out without Reflex.

For programs that speak to a server as a browser would, such as the load generator: importing the states themselves
takes 1.6 s and 115 MB. The server asks Reflex (`reflex_handlers.full_name`); a test compares the two. See
`BaseState.get_full_name` in `reflex/state.py` and `to_snake_case` in `reflex_base/utils/format.py`.
"""

import re

WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])")


def state_name(state: str) -> str:
    """What Reflex calls the class that stands at `state`, such as `chatapp.ui.state.page.PageState`, among states."""
    module, _, class_name = state.rpartition(".")
    return f"{module.replace('.', '___')}____{WORD_START.sub('_', class_name).lower()}"


ROOT = state_name("reflex.state.State")


def handler_name(state: str, name: str) -> str:
    """The full name of the handler `name` of a state right below the root, by the path of its class."""
    return f"{ROOT}.{state_name(state)}.{name}"


def root_handler_name(name: str) -> str:
    """The full name of a handler of the root state itself."""
    return f"{ROOT}.{name}"


HYDRATE = root_handler_name("hydrate_and_load")
"""What a page sends when it connects, for the first time or again."""

ON_LOAD = handler_name("reflex.state.OnLoadInternalState", "on_load_internal")
"""What a page sends when its address changes."""
