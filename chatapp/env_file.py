"""The file `.env`: refused in words where it would be skipped, or read as something else than what was written.

Only looked at here; pydantic-settings reads it.
"""

from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from chatapp.errors import SettingsError

ENCODING = "utf-8-sig"
"""UTF-8, with or without the mark that some editors of Windows put in front."""


def check(file: Path) -> None:
    """Raise SettingsError saying what is wrong with `file`; that there is none is fine."""
    for line in parse_stream(StringIO(_text(file))):
        if line.error:
            raise SettingsError(
                f"{file} is wrong: line {line.original.line} is no setting. Write NAME=value, "
                "and close every quotation mark that is opened."
            )


def _text(file: Path) -> str:
    try:
        if file.is_fifo():  # what comes through a pipe comes once
            return ""
        text = file.read_bytes().decode(ENCODING)
    except FileNotFoundError as error:
        if not file.is_symlink():
            return ""
        raise SettingsError(f"{file} is a link that leads nowhere. Correct that, or remove it.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is wrong: it is not in UTF-8. Save it again, in that encoding.") from error
    except IsADirectoryError as error:
        raise SettingsError(
            f"{file} is wrong: it is a directory. Put a file with the settings in its place."
        ) from error
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}). Correct that, or remove it.") from error
    if "\0" in text:  # also what UTF-16 without a mark looks like
        raise SettingsError(f"{file} is wrong: it is not in UTF-8, or damaged. Save it again, in that encoding.")
    return text
