"""`python -m chatapp doctor`: says what is damaged in the database, and with `--repair` mends it."""

import argparse

from chatapp.cli import database_work
from chatapp.cli.commands import Commands
from chatapp.doctor import service

DAMAGED = 1  # exit code: something was found and not mended


def add_to(commands: Commands) -> None:
    """Make the command known to the parser."""
    doctor = commands.add_parser("doctor", help="look for damage in the database; --repair mends it")
    doctor.add_argument("--repair", action="store_true", help="mend what is found; no text is deleted")
    doctor.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; returns 1 when something is left damaged, else 0. Raises SettingsError if not migrated."""
    settings = database_work.load_command_settings()
    database_work.refuse_outdated(settings)
    is_sound = database_work.run(settings, lambda: _look(repair=arguments.repair))
    return 0 if is_sound else DAMAGED


async def _look(*, repair: bool) -> bool:
    is_sound, has_findings = True, False
    async for report in service.repair() if repair else service.examine():
        for finding in report.findings:
            is_mended = report.is_mended and not finding.needs
            has_findings = True
            print(f"{report.kind}: {finding.id}: {finding.words}. {'Mended.' if is_mended else finding.needs}".rstrip())
        is_sound = is_sound and not report.open_findings
    print(_verdict(is_sound=is_sound, has_findings=has_findings, repair=repair))
    return is_sound


def _verdict(*, is_sound: bool, has_findings: bool, repair: bool) -> str:
    if not has_findings:
        return "Nothing is damaged."
    if is_sound:
        return "All of it is mended."
    return "Some of it needs you." if repair else "Make a backup, then mend it with: python -m chatapp doctor --repair"
