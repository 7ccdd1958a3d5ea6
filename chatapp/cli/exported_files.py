"""The files of an export: the pages, the headers that a web server adds to them, and the back end as an archive."""

import re
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from chatapp.cli.backend_address import SCRIPT, corrected
from chatapp.page_sources import ROOT
from chatapp.settings import Settings
from chatapp.web.content_security_policy import fixed_headers, inline_script_hashes, page_policy

BUILD = ROOT / ".web" / "build" / "client"
BACKEND = (
    "chatapp/**/*.py",
    "chatapp/ui/**/*.js",
    "alembic/**/*.py",
    "alembic.ini",
    "assets/**/*",
    "rxconfig.py",
    "pyproject.toml",
    "requirements.txt",
    "docs/*.md",
    ".env.example",
    "LICENSE",
    ".web/backend/*",  # Reflex's note of which pages have state; without it the back end would compile them to find out
)

FORM_POST = re.compile(r"""(\baction\s*[=:]\s*["'`])(/auth/)""")
"""The forms of the account pages. Sent to the pages' address and redirected, a browser would call their origin null."""


def write(settings: Settings, target: Path) -> None:
    """Write pages/, frontend.zip, backend.zip and what Caddy and nginx include into `target`; needs a build."""
    pages = target / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(BUILD, pages)
    changed = _write_address(settings.effective_public_url, pages) if settings.origins else []
    # Kept for ever, the script that may hold an address would outlive a later export for another one.
    addressed = sorted({f"/{path.relative_to(pages)}" for path in (*pages.glob(SCRIPT), *changed)})
    headers = page_headers(settings, pages)
    _write_lines(target / "headers.caddy", (f'header {name} "{value}"' for name, value in headers.items()))
    _write_lines(target / "headers.nginx", (f'add_header {name} "{value}" always;' for name, value in headers.items()))
    _write_lines(target / "addressed.caddy", (f"@addressed path {' '.join(addressed)}",))
    _write_lines(target / "addressed.nginx", (f'"~^{re.escape(path)}$" no-cache;' for path in addressed))
    _zip(target / "frontend.zip", pages, pages.rglob("*"))
    _zip(target / "backend.zip", ROOT, (path for pattern in BACKEND for path in ROOT.glob(pattern)))


def _write_address(address: str, pages: Path) -> list[Path]:
    """Write where the back end is into the pages; returns the scripts that now hold it under an unchanged name."""
    changed = {path: corrected(path, address) for path in pages.glob(SCRIPT)}
    for path in (*pages.rglob("*.js"), *pages.rglob("*.html")):
        before = path.read_text(encoding="utf-8")
        if (after := FORM_POST.sub(rf"\1{address}\2", before)) != before:
            changed[path] = after
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
        path.with_name(f"{path.name}.gz").unlink(missing_ok=True)  # it holds the old address
    return [path for path in changed if path.suffix == ".js"]


def _write_lines(target: Path, lines: Iterable[str]) -> None:
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def page_headers(settings: Settings, pages: Path) -> dict[str, str]:
    """What a web server must add to each of the `pages`: the app's own headers, for pages that stand elsewhere too."""
    address = settings.effective_public_url
    sockets = f" ws{address.removeprefix('http')}"
    reached = f" {address}{sockets}"
    policy = page_policy(" ".join(inline_script_hashes(pages)), reached, f" {address}")
    headers = fixed_headers(settings) | {"content-security-policy": policy}
    # Posts to another origin carry `Origin: null` under `same-origin`, and the back end would refuse them.
    return headers | ({"referrer-policy": "strict-origin"} if settings.origins else {})


def _zip(target: Path, root: Path, paths: Iterable[Path]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts):
            archive.write(path, path.relative_to(root))
