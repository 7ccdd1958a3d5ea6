"""The settings of a command, refused in words where this installation cannot do what they ask for."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from chatapp.errors import SettingsError
from chatapp.settings import Settings, load_settings

LATER = "comes with the team deployment, which this version does not have yet; leave it unset"


def load() -> Settings:
    """Read and check the settings. Raises SettingsError naming the variable that is wrong."""
    settings = load_settings()
    if settings.redis_url:
        raise SettingsError(f"CHATAPP_REDIS_URL {LATER}.")
    _check_database(settings)
    return settings


def _check_database(settings: Settings) -> None:
    try:
        url = make_url(settings.effective_database_url)
        url.get_dialect().import_dbapi()
    except ArgumentError as error:  # also for a dialect that does not exist; the URL itself may hold a password
        raise SettingsError(
            "CHATAPP_DATABASE_URL is wrong: it must look like sqlite+aiosqlite:////var/lib/chatapp/chatapp.db"
        ) from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"CHATAPP_DATABASE_URL needs {error.name}, which is not installed: PostgreSQL {LATER}."
        ) from error
    if url.get_backend_name() == "sqlite" and not url.drivername.endswith("+aiosqlite"):
        raise SettingsError("CHATAPP_DATABASE_URL is wrong: for SQLite it begins with sqlite+aiosqlite:///")
