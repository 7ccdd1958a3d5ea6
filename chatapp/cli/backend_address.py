"""Where exported pages find a back end that stands at another address than they do.

Pages talk to the address they were opened at, whatever Reflex has written into the build: `ui/own_address.py` sees to
that. Those of an address of their own are told another one in the small script that has it.
"""

import re
from pathlib import Path

SCRIPT = "assets/reflex-env-*.js"
BAKED = re.compile(r"(http|ws)s?://[^/`\"']+")


def has_address(build: Path) -> bool:
    """Whether there is such a script with an address in it."""
    return any(BAKED.search(path.read_text(encoding="utf-8")) for path in build.glob(SCRIPT))


def corrected(path: Path, address: str) -> str:
    """The script at `path` with every address in it replaced by `address` (http or https), sockets by its ws form."""
    rest = address.removeprefix("http")
    return BAKED.sub(lambda match: f"{match[1]}{rest}", path.read_text(encoding="utf-8"))
