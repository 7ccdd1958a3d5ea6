"""Every setting of chatapp: one frozen class, read once from the environment and `.env`.

A wrong value stops the start with one readable line. Nothing else in chatapp looks at the environment.
docs/configuration.md describes each setting for operators; a test holds it against this class.
"""

import ipaddress
import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse as parse_rate
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chatapp import kept_secret
from chatapp.endpoint_address import AROUND, parse_address
from chatapp.errors import SettingsError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ACTIVE_LIMIT_MIN = 20


def _checked_address(written: str) -> str:
    """The address as it was written: what it means is found where it is used, see endpoint_address."""
    parse_address(written)
    return written


def _checked_if_any(written: str) -> str:
    return _checked_address(written) if written.strip(AROUND) else ""


def _bare_key(key: SecretStr) -> SecretStr:
    """The key without the white space and quotation marks that were copied with it."""
    bare = key.get_secret_value().strip(AROUND)
    if not (bare.isascii() and bare.isprintable() and " " not in bare):
        raise ValueError("it has characters that no key has")
    return SecretStr(bare)


class Endpoint(BaseModel):
    """A server that speaks the OpenAI protocol. `models` empty means: ask it. A slash in the name would split keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[^/\s][^/]*$", max_length=60)
    base_url: Annotated[str, AfterValidator(_checked_address)]
    api_key: Annotated[SecretStr, AfterValidator(_bare_key)] = SecretStr("")
    models: tuple[str, ...] = ()


class Settings(BaseSettings):
    """The settings, validated. Durations are in seconds, sizes in the unit their name ends with."""

    model_config = SettingsConfigDict(
        env_prefix="CHATAPP_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        populate_by_name=True,
    )

    host: str = Field("127.0.0.1", validation_alias=AliasChoices("host", "HOST"))
    port: int = Field(3000, ge=1, le=65535, validation_alias=AliasChoices("port", "PORT"))
    public_url: str = ""
    allowed_origins: str = ""
    trusted_proxy_hops: int = Field(0, ge=0, le=10)
    secret: SecretStr = SecretStr("")

    data_dir: Path = Path("data")
    database_url: str = ""
    database_pool_size: int = Field(10, ge=1, le=500)
    redis_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_token: SecretStr = SecretStr("")
    worker_metrics_port: int = Field(0, ge=0, le=65535)
    worker_threads: int = Field(128, ge=1, le=1024)

    signup: Literal["first", "open", "closed"] = "first"
    login_limit: str = "10/3minutes"
    message_limit: str = "20/minute"
    message_max_characters: int = Field(200_000, ge=1, le=200_000)
    session_idle_seconds: int = Field(7 * 86_400, ge=60)
    session_absolute_seconds: int = Field(30 * 86_400, ge=60)

    openai_base_url: Annotated[str, AfterValidator(_checked_if_any)] = Field(
        "", validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL")
    )
    openai_api_key: Annotated[SecretStr, AfterValidator(_bare_key)] = Field(
        SecretStr(""), validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    endpoints: Annotated[tuple[Endpoint, ...], NoDecode] = ()
    discover: bool | None = None
    demo_port: int = Field(0, ge=0, le=65535)
    default_model: str = ""
    auto_title: bool = True
    context_tokens: int = Field(16_384, ge=512)
    system_prompt: str = ""

    connect_timeout_seconds: float = Field(5, gt=0)
    first_part_timeout_seconds: float = Field(300, gt=0)
    part_timeout_seconds: float = Field(120, gt=0)
    total_timeout_seconds: float = Field(1800, gt=0)
    event_max_bytes: int = Field(1_000_000, ge=10_000)
    answer_max_characters: int = Field(2_000_000, ge=10_000)

    lease_seconds: float = Field(30, gt=0)
    heartbeat_seconds: float = Field(5, gt=0)
    stop_poll_seconds: float = Field(0.3, gt=0)
    checkpoint_seconds: float = Field(1, gt=0)
    reaper_seconds: float = Field(5, gt=0)
    drain_seconds: float = Field(10, ge=0)
    undo_seconds: int = Field(30, ge=10)

    @field_validator("endpoints", mode="before")
    @classmethod
    def _json(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value  # here, so that an error names the variable

    @field_validator("login_limit", "message_limit")
    @classmethod
    def _rate(cls, value: str) -> str:
        parse_rate(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must look like https://chat.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _leases_outlive_heartbeats(self) -> Self:
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError("CHATAPP_LEASE_SECONDS must be at least twice CHATAPP_HEARTBEAT_SECONDS")
        return self

    @cached_property
    def effective_public_url(self) -> str:
        """The address people type."""
        host = "localhost" if self.host in LOOPBACK_NAMES | {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared only
        return self.public_url or f"http://{host}:{self.port}"

    @cached_property
    def effective_database_url(self) -> str:
        """The SQLAlchemy address of the database; a SQLite file in the data directory unless set."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'chatapp.db').absolute()}"

    @cached_property
    def secure_cookies(self) -> bool:
        """Whether people come over https, so that cookies may be refused on anything else."""
        return self.effective_public_url.startswith("https://")

    @cached_property
    def listens_beyond_loopback(self) -> bool:
        """Whether other machines can reach the app, by itself or through a proxy in front of it."""
        is_local = urlsplit(self.effective_public_url).hostname in LOOPBACK_NAMES
        if not is_local or (self.trusted_proxy_hops and not self.public_url):
            return True
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host not in LOOPBACK_NAMES

    @cached_property
    def active_limit(self) -> int:
        """How many answers of one person may be written at once: as many as the message limit's amount, at least 20.

        Each holds a thread of a worker for as long as its model takes: one person must not have them all.
        """
        return max(ACTIVE_LIMIT_MIN, parse_rate(self.message_limit).amount)

    @cached_property
    def origins(self) -> frozenset[str]:
        """The exact origins of `CHATAPP_ALLOWED_ORIGINS`."""
        return frozenset(o.strip().rstrip("/") for o in self.allowed_origins.split(",") if o.strip())

    @cached_property
    def secret_bytes(self) -> bytes:
        """The key for signatures: the setting, or one made once and kept in the data directory."""
        if self.secret.get_secret_value():
            return self.secret.get_secret_value().encode()
        return kept_secret.read_or_make(self.data_dir)


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError naming the variable and what is wrong with it."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # about several settings together: the message names them
            raise SettingsError(said) from error
        name = str(first["loc"][0])
        variable = (
            name.upper() if name.upper() in {"HOST", "PORT"} or name.startswith("openai") else f"CHATAPP_{name.upper()}"
        )
        raise SettingsError(f"{variable} is wrong: {_where_in(first['loc'])}{said}") from error


def _where_in(location: tuple[int | str, ...]) -> str:
    """Which entry of a list is meant, and which of its fields: `base_url of entry 2: `."""
    entry = next((part + 1 for part in location if isinstance(part, int)), None)
    field = next((f"{part} of " for part in reversed(location[1:]) if isinstance(part, str)), "")
    return f"{field}entry {entry}: " if entry else ""


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make `settings` those of this process; called once by whoever starts it."""
    global _current  # noqa: PLW0603 - one set of settings a process is the point
    _current = settings


def current() -> Settings:
    """The settings of this process, read on first use unless `use` gave them. Raises SettingsError."""
    if _current is None:
        use(load_settings())
    assert _current is not None
    return _current
