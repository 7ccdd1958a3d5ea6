"""Every setting of chatapp: one frozen class, read once from the environment and `.env`.

A wrong value stops the start with one readable line. Nothing else in chatapp looks at the environment, but
`cli.environment`, for what libraries read there.
docs/configuration.md describes each setting for operators; a test holds it against this class.
"""

import ipaddress
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
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, NoDecode, SettingsConfigDict

from chatapp import database_address, env_file, kept_secret
from chatapp.endpoint_address import AROUND, parse_address
from chatapp.errors import SettingsError
from chatapp.setting_types import (
    YEAR_SECONDS,
    DatabaseAddress,
    Folder,
    Host,
    Interval,
    Origin,
    Origins,
    Rate,
    Seconds,
    Secret,
    any_case,
    from_json,
    text_in_utf8,
)

PREFIX = "CHATAPP_"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ACTIVE_LIMIT_MIN = 20
MESSAGE_MAX_CHARACTERS = 200_000
"""Of one question, whatever the setting says."""

PLAIN_WORDS = {"extra_forbidden": "is no field of a model server", "missing": "is missing"}
"""What pydantic says in the words of programmers."""


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

    @property
    def named_models(self) -> tuple[str, ...]:
        """The models that the settings name. The address of a deployment (Azure) names one, and has no list."""
        deployment = parse_address(self.base_url).deployment
        return self.models or ((deployment,) if deployment else ())


class Settings(BaseSettings):
    """The settings, validated. Durations are in seconds, sizes in the unit their name ends with."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding=env_file.ENCODING,
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        populate_by_name=True,
    )

    host: Host = Field("127.0.0.1", validation_alias=AliasChoices("host", "HOST"))
    port: int = Field(3000, ge=1, le=65535, validation_alias=AliasChoices("port", "PORT"))
    public_url: Origin = ""
    allowed_origins: Origins = ""
    trusted_proxy_hops: int = Field(0, ge=0, le=10)
    secret: Secret = SecretStr("")

    data_dir: Folder = Path("data")
    database_url: DatabaseAddress = ""
    database_pool_size: int = Field(10, ge=1, le=500)
    redis_url: str = ""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], any_case] = "info"
    metrics_token: SecretStr = SecretStr("")
    worker_metrics_port: int = Field(0, ge=0, le=65535)
    worker_threads: int = Field(128, ge=1, le=1024)

    signup: Annotated[Literal["first", "open", "closed"], any_case] = "first"
    login_limit: Rate = "10/3minutes"
    message_limit: Rate = "20/minute"
    message_max_characters: int = Field(MESSAGE_MAX_CHARACTERS, ge=1, le=MESSAGE_MAX_CHARACTERS)
    session_idle_seconds: int = Field(7 * 86_400, ge=60, le=10 * YEAR_SECONDS)
    session_absolute_seconds: int = Field(30 * 86_400, ge=60, le=10 * YEAR_SECONDS)

    openai_base_url: Annotated[str, AfterValidator(_checked_if_any)] = Field(
        "", validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL")
    )
    openai_api_key: Annotated[SecretStr, AfterValidator(_bare_key)] = Field(
        SecretStr(""), validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    endpoints: Annotated[tuple[Endpoint, ...], NoDecode, from_json] = ()
    discover: bool | None = None
    demo_port: int = Field(0, ge=0, le=65535)
    demo_log: bool = False
    default_model: str = ""
    auto_title: bool = True
    context_tokens: int = Field(16_384, ge=512, le=100_000_000)
    system_prompt: str = ""

    connect_timeout_seconds: Seconds = 5
    first_part_timeout_seconds: Seconds = 300
    part_timeout_seconds: Seconds = 120
    total_timeout_seconds: Seconds = 1800
    event_max_bytes: int = Field(1_000_000, ge=10_000, le=100_000_000)
    answer_max_characters: int = Field(2_000_000, ge=10_000, le=100_000_000)

    lease_seconds: Seconds = 30
    heartbeat_seconds: Interval = 5
    stop_poll_seconds: Interval = 0.3
    checkpoint_seconds: Interval = 1
    reaper_seconds: Interval = 5
    drain_seconds: float = Field(10, ge=0, le=YEAR_SECONDS, allow_inf_nan=False)
    undo_seconds: int = Field(300, ge=10, le=YEAR_SECONDS)
    trash_days: int = Field(30, ge=0, le=3650)

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        text_in_utf8(value.get_secret_value() if isinstance(value, SecretStr) else value)
        return value

    @field_validator("endpoints")
    @classmethod
    def _different_names(cls, value: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
        names = [endpoint.name for endpoint in value]
        if repeated := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two model servers have the name '{repeated}'")
        return value

    @model_validator(mode="after")
    def _leases_outlive_heartbeats(self) -> Self:
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError("CHATAPP_LEASE_SECONDS must be at least twice CHATAPP_HEARTBEAT_SECONDS")
        return self

    @cached_property
    def effective_public_url(self) -> str:
        """The address people type."""
        host = "localhost" if self.host in LOOPBACK_NAMES | {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared only
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @cached_property
    def effective_database_url(self) -> str:
        """The SQLAlchemy address of the database; a SQLite file in the data directory unless set."""
        return self.database_url or database_address.of_file((self.data_dir / "chatapp.db").absolute())

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
    def trash_seconds(self) -> int:
        """How long a deleted conversation is kept: in the trash, or where there is none until undo is over."""
        return max(self.trash_days * 86_400, self.undo_seconds)

    @cached_property
    def origins(self) -> frozenset[str]:
        """The exact origins of `CHATAPP_ALLOWED_ORIGINS`."""
        return frozenset(self.allowed_origins.split(",")) - {""}

    @cached_property
    def secret_bytes(self) -> bytes:
        """The key for signatures: the setting, or one made once and kept in the data directory."""
        if self.secret.get_secret_value():
            return self.secret.get_secret_value().encode()
        return kept_secret.read_or_make(self.data_dir)


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError naming the variable and what is wrong with it."""
    env_file.check(Path(".env"))
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_words(error)) from error


def variables() -> dict[str, str]:
    """The environment variable of each setting, by the setting's name."""
    aliases = {name: field.validation_alias for name, field in Settings.model_fields.items()}
    return {
        name: str(alias.choices[-1]) if isinstance(alias, AliasChoices) else f"{PREFIX}{name.upper()}"
        for name, alias in aliases.items()
    }


def names_in_use() -> set[str]:
    """The names of all variables in the environment and in `.env`, ours or not, in lower case."""
    return {*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings).env_vars}


def _words(error: ValidationError) -> str:
    first = error.errors()[0]
    reason = PLAIN_WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    reason = reason.replace("Input should be", "must be")
    if not first["loc"]:  # about several settings together: the message names them
        return reason
    name = str(first["loc"][0])
    return f"{variables().get(name, name)} is wrong: {_where_in(first['loc'])}{reason}"


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
