"""The settings of a command, refused in words where this installation cannot do what they ask for."""

from typing import Any
from urllib.parse import urlsplit

from psycopg import Error as DriverError
from psycopg.conninfo import make_conninfo
from redis.asyncio import Connection
from redis.asyncio.connection import parse_url
from redis.exceptions import RedisError
from sqlalchemy import make_url

from chatapp.cli import environment
from chatapp.errors import SettingsError
from chatapp.settings import Settings, load_settings

REDIS_EXAMPLE = "it must look like redis://localhost:6379/0"


def load() -> Settings:
    """Read and check the settings. Raises SettingsError naming the variable that is wrong."""
    settings = load_settings()
    environment.warn_of_unknown()
    environment.check_proxies()
    environment.check_certificates()
    _check_database(settings)
    if settings.redis_url:
        _check_redis(settings)
    return settings


def _check_database(settings: Settings) -> None:
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() == "sqlite":
        return
    try:
        _, options = url.get_dialect()().create_connect_args(url)
        make_conninfo(**options)
    except DriverError as error:
        raise SettingsError(f"CHATAPP_DATABASE_URL is wrong: {error}") from error


def _check_redis(settings: Settings) -> None:
    try:
        options: dict[str, Any] = {**parse_url(settings.redis_url)}
        options.pop("connection_class", Connection)(**options)  # which connects nothing yet
        number = urlsplit(settings.redis_url).path.strip("/")
        if number and not settings.redis_url.startswith("unix:"):
            int(number)  # which the library would pass over
    except (ValueError, TypeError, RedisError) as error:
        raise SettingsError(f"CHATAPP_REDIS_URL is wrong: {REDIS_EXAMPLE}") from error
    environment.warn_of_open_redis(options.get("host", ""), has_password=bool(options.get("password")))
    has_model = settings.openai_base_url or settings.openai_api_key.get_secret_value() or settings.endpoints
    if not (has_model or settings.discover or settings.demo_port):
        raise SettingsError(
            "With CHATAPP_REDIS_URL no process starts the demo model. Set OPENAI_BASE_URL, or run "
            "`python -m chatapp.demo_model --port 8100` and set CHATAPP_DEMO_PORT=8100."
        )
