"""`python -m chatapp export`: the pages as files for a web server, their headers, and the back end as an archive.

The pages talk to the address they are opened at, CHATAPP_PUBLIC_URL. With CHATAPP_ALLOWED_ORIGINS they are for those
other addresses: then CHATAPP_PUBLIC_URL is the back end's own, and they name it.
"""

import argparse
from pathlib import Path

from chatapp.cli import checked_settings, frontend
from chatapp.cli.commands import Commands
from chatapp.page_sources import ROOT


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    parser = commands.add_parser("export", help="write the pages as static files, and the back end as an archive")
    parser.add_argument("--to", type=Path, default=ROOT / "export", metavar="FOLDER", help="default: export")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export into the folder that is asked for, in the place of an earlier export."""
    settings = checked_settings.load()
    target = arguments.to.absolute()
    target.mkdir(parents=True, exist_ok=True)
    frontend.ensure_built(target / "build.log")
    from chatapp.cli import exported_files  # noqa: PLC0415 - knows the pages, which no other command needs

    exported_files.write(settings, target)
    where = f"for the back end at {settings.effective_public_url}" if settings.origins else "for its own address"
    print(f"Pages ({where}), headers and back end are in {target}. See docs/deploy.md.")
    return 0
