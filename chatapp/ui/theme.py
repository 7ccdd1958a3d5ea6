"""The look in one place: colours, widths, spacing. Fonts and what every page shares stand in assets/chat.css.

Colours are names of Radix scales, which know light and dark by themselves; one gray, one accent, red for errors only.
Components take their values from here and hold no colour, font or width of their own.
"""

import re
from typing import Any

import reflex as rx
from reflex_base.plugins.shared_tailwind import TailwindConfig

from chatapp.ui.frontend_patches import removed, replaced

Style = dict[str, Any]

GRAY = "slate"
ACCENT = "indigo"

TEXT = "var(--gray-12)"
TEXT_QUIET = "var(--gray-11)"  # the palest gray that still has 4.5:1 on every surface below
BACKGROUND = "var(--color-background)"
SURFACE = "var(--gray-2)"  # sidebar, cards
BUBBLE = "var(--gray-a3)"  # the reader's own words
HOVER = "var(--gray-a3)"
SELECTED = "var(--gray-a4)"
BORDER = "var(--gray-a5)"
FIELD_BORDER = "var(--gray-9)"  # the palest gray with 3:1 on every surface: nothing else shows where a field is
LINK = "var(--accent-11)"
PRESS = "var(--accent-9)"  # the one thing to press
PRESS_TEXT = "var(--accent-contrast)"
ERROR = "var(--danger)"  # chat.css sets it: 4.5:1 on the surface below and in menus, which red-11 misses
ERROR_SURFACE = "var(--red-a3)"

PAGE_COLOURS = {"light": "#ffffff", "dark": "#111113"}  # BACKGROUND for the bars of a browser, which know no variables

COLUMN = "46rem"  # about 70 characters of text
SIDEBAR = "17rem"
CARD = "22rem"
TOUCH_TARGET = "2.75rem"  # 44 px, the smallest thing a thumb hits without looking

RADIUS_SMALL = "0.5rem"
RADIUS = "0.75rem"
RADIUS_LARGE = "1.5rem"
SHADOW = "0 4px 24px var(--black-a3)"

FONT_CODE = "var(--code-font-family)"  # chat.css sets it, as it does the font of everything else
FONT_SMALL = "0.875rem"
FONT_TINY = "0.75rem"
LINE_HEIGHT = "1.6"
BOLD = "600"

QUICK = "120ms ease-out"


def space(steps: float) -> str:
    """A distance on the 4 px grid: `space(4)` is 16 px, given in rem so that it follows the reader's font size."""
    return f"{steps / 4:g}rem"


# Tailwind serves the markdown renderer only: its class names are found in the package, its colours are ours.
TAILWIND: TailwindConfig = {
    "darkMode": "class",  # Reflex puts the class on <html>; the default would follow the system and ignore the switch
    "content": [
        "./node_modules/streamdown/dist/*.js",
        "./app/**/*.{js,jsx}",
        "./app_components/**/*.{js,jsx}",
        "./utils/**/*.{js,jsx}",
    ],
    "theme": {
        "extend": {
            "colors": {
                "background": BACKGROUND,
                "foreground": TEXT,
                "muted": "var(--gray-3)",
                "muted-foreground": TEXT_QUIET,
                "border": BORDER,
                "primary": LINK,
                "sidebar": SURFACE,
            }
        }
    },
}


RADIX_STYLES = '@import "@radix-ui/themes/styles.css" layer(components);'
RADIX_PARTS = ("tokens/base", *(f"tokens/colors/{name}" for name in (GRAY, ACCENT, "red", "amber")), "components")
"""Of Radix' stylesheet the colours in use and its components: 43 of 86 KB as they are sent. Left out: 27 scales of
colour, and the classes of layout properties, which `style` does here."""

ROOT_RULE_FILE = "utils/without_root_has.js"
ROOT_RULE_PLUGIN = """\
const plugin = () => ({
  postcssPlugin: "without-root-has",
  OnceExit: (root) => root.walkRules(/:root:where\\(:has\\(/, (rule) => {
    rule.selectors = rule.selectors.filter((selector) => !selector.startsWith(":root:where(:has("));
  }),
});
plugin.postcss = true;
export default plugin;
"""
"""Takes from Radix' styles the selector that gives <html> the theme's colour scheme. As it asks what <html> has in it,
browsers look through the whole page for it whenever an element comes: a third of the work on styles that an answer of
32,000 tokens makes (6.9 of 21 s were styles, 3.9 without it). chat.css says it by the class that Reflex sets."""

POSTCSS_TAILWIND = '"@tailwindcss/postcss": {},'

RADIX_NAMESPACE = re.compile(
    r'^import \* as (\w+) from "@radix-ui/themes";\n|^ *"@radix-ui/themes": \w+,\n', re.MULTILINE
)
"""All of Radix, which Reflex puts into each page for components that are sent as code. No handler of ours sends any."""


STYLES, POSTCSS, ROOT = "styles/tailwind.css", "postcss.config.js", "app/root.jsx"
"""Files that Reflex writes."""


class RadixInPart(rx.plugins.Plugin):
    """Builds the pages with what they use of Radix."""

    def pre_compile(self, **context: Any) -> None:
        """Change what Reflex writes for the build."""
        context["add_save_task"](lambda: (ROOT_RULE_FILE, ROOT_RULE_PLUGIN))
        context["add_modify_task"](STYLES, with_radix_parts)
        context["add_modify_task"](POSTCSS, with_root_rule)
        context["add_modify_task"](ROOT, without_radix_namespace)


def with_radix_parts(css: str) -> str:
    """The stylesheet with the parts of Radix in place of all of it."""
    parts = "\n".join(RADIX_STYLES.replace("styles", part) for part in RADIX_PARTS)
    return replaced(css, RADIX_STYLES, parts, file=STYLES)


def with_root_rule(configuration: str) -> str:
    """PostCSS's configuration with our plugin behind Tailwind's."""
    return replaced(configuration, POSTCSS_TAILWIND, f'{POSTCSS_TAILWIND}\n  "./{ROOT_RULE_FILE}": {{}},', file=POSTCSS)


def without_radix_namespace(script: str) -> str:
    """The script of every page without all of Radix."""
    return removed(script, RADIX_NAMESPACE, file=ROOT)


def theme() -> rx.Component:
    """The Radix theme around every page; light or dark follows the system until the reader chooses."""
    return rx.theme(accent_color=ACCENT, gray_color=GRAY, radius="large", appearance="inherit", has_background=True)
