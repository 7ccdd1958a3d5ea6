"""What the page does by itself, without asking the server: the scripts of `ui/javascript` that components use for it.

What a hand moves must follow it, over a slow line and without one. An event would wait behind those that are queued for
the server, so these are functions that the browser calls, and values that it holds.
"""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData
from reflex_base.vars.function import FunctionVar


def function(name: str, script: str) -> FunctionVar:
    """A function that `script` exports, for an `on_...` property."""
    return rx.Var(name, _var_data=VarData(imports={f"$/utils/{script}.js": name})).to(FunctionVar)


def hook(name: str, script: str, *arguments: rx.Var[Any]) -> rx.Var[object]:
    """What a React hook that `script` exports returns in the component that uses it."""
    value, given = f"{name}Value", ", ".join(map(str, arguments))
    made = VarData(imports={f"$/utils/{script}.js": name}, hooks={f"const {value} = {name}({given})": None})
    return rx.Var(value, _var_data=made)


DRAWER_OPEN = hook("useIsDrawerOpen", "sidebar").to(bool)
SIDEBAR_HIDDEN = hook("useIsSidebarHidden", "sidebar").to(bool)
OPEN_DRAWER = function("openDrawer", "sidebar")
CLOSE_DRAWER = function("closeDrawer", "sidebar")
TOGGLE_SIDEBAR = function("toggleSidebar", "sidebar")

FOLLOW_LINKS = hook("useDrawer", "sidebar")
"""For the list alone: catches clicks on links in the drawer, whose place in the history they take."""


@rx.memo
def keys_and_focus() -> rx.Component:
    """Nothing to see: has keys press what names them (`aria_keyshortcuts`), and loses no focus (`data_focus_next`)."""
    keys, focus = hook("useShortcuts", "shortcuts"), hook("useKeptFocus", "focus")
    return rx.el.span(hidden=True, custom_attrs={"data-keys": keys, "data-focus": focus})
