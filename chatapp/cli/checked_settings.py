"""The settings of a command, refused in words where this installation cannot do what they ask for."""

from redis.asyncio.connection import parse_url
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from chatapp.errors import SettingsError
from chatapp.settings import Settings, load_settings

DRIVERS = frozenset({"sqlite+aiosqlite", "postgresql+psycopg"})
EXAMPLES = "sqlite+aiosqlite:////var/lib/chatapp/chatapp.db or postgresql+psycopg://chatapp@localhost/chatapp"


def load() -> Settings:
    """Read and check the settings. Raises SettingsError naming the variable that is wrong."""
    settings = load_settings()
    _check_database(settings)
    if settings.redis_url:
        _check_redis(settings)
    return settings


def _check_database(settings: Settings) -> None:
    try:
        url = make_url(settings.effective_database_url)
        url.get_dialect().import_dbapi()
    except ArgumentError as error:  # also for a dialect that does not exist; the URL itself may hold a password
        raise SettingsError(f"CHATAPP_DATABASE_URL is wrong: it must look like {EXAMPLES}") from error
    except ModuleNotFoundError as error:
        raise SettingsError(f"CHATAPP_DATABASE_URL needs {error.name}, which is not installed.") from error
    if url.drivername not in DRIVERS:
        raise SettingsError(f"CHATAPP_DATABASE_URL is wrong: it must look like {EXAMPLES}")


def _check_redis(settings: Settings) -> None:
    try:
        parse_url(settings.redis_url)
    except ValueError as error:
        raise SettingsError("CHATAPP_REDIS_URL is wrong: it must look like redis://localhost:6379/0") from error
    has_model = settings.openai_base_url or settings.openai_api_key.get_secret_value() or settings.endpoints
    if not (has_model or settings.discover or settings.demo_port):
        raise SettingsError(
            "With CHATAPP_REDIS_URL no process starts the demo model. Set OPENAI_BASE_URL, or run "
            "`python -m chatapp.demo_model --port 8100` and set CHATAPP_DEMO_PORT=8100."
        )
