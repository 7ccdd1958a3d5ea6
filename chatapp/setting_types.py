"""What the values of settings may be: types that validate, with words that say what would be right."""

import ipaddress
import json
import re
from pathlib import Path
from typing import Annotated

from limits import parse_many
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from chatapp import database_address, kept_secret
from chatapp.web_origin import origin_of

YEAR_SECONDS = 365 * 86_400
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
RATE_EXAMPLE = "must look like 10/3minutes: a number from 1 to 1000000, a slash, and a time of a year at most"
ENDPOINTS_EXAMPLE = 'must be a JSON list such as [{"name": "home", "base_url": "http://localhost:11434/v1"}]'


def text_in_utf8(value: object) -> object:
    """`value`, if it can be stored and sent: other bytes of the environment arrive as surrogates. Raises ValueError."""
    if isinstance(value, str) and NOT_TEXT.search(value):
        raise ValueError("must be text in UTF-8")
    return value


def _any_case(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _host(value: str) -> str:
    host = value.strip().removeprefix("[").removesuffix("]")
    try:
        if ":" in host:
            ipaddress.ip_address(host)
    except ValueError as error:
        raise ValueError("must be an address such as 127.0.0.1, 0.0.0.0 or ::, without a port") from error
    return host


def _folder(value: object) -> object:
    if not isinstance(value, str) or not value.startswith("~"):  # pathlib would make ~ of ./~ as well
        return value
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        name = value.partition("/")[0]
        raise ValueError(f"{name} is nobody's home directory; a folder of that name is ./{name}") from error


def _rate(value: str) -> str:
    try:
        (rate,) = parse_many(value)
    except ValueError as error:
        raise ValueError(RATE_EXAMPLE) from error
    if not (0 < rate.amount <= 1_000_000 and 0 < rate.get_expiry() <= YEAR_SECONDS):
        raise ValueError(RATE_EXAMPLE)
    return value


def _secret(value: SecretStr) -> SecretStr:
    key = value.get_secret_value().encode()
    if key and not kept_secret.is_random(key):
        raise ValueError("must be at least 32 random characters, such as `openssl rand -hex 32` prints")
    return value


def _origin(value: str) -> str:
    return origin_of(value) if value else ""


def _origins(value: str) -> str:
    return ",".join(origin_of(address) for address in value.split(",") if address.strip())


def _database(value: str) -> str:
    return database_address.normalised(value) if value else ""


def _entries(value: object) -> object:
    """What stands in the JSON of a list; here and not in pydantic, so that an error names the variable."""
    if not isinstance(value, str):
        return value
    try:
        entries = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{ENDPOINTS_EXAMPLE} ({error})") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(ENDPOINTS_EXAMPLE)
    return entries


Seconds = Annotated[float, Field(gt=0, le=YEAR_SECONDS, allow_inf_nan=False)]

Interval = Annotated[float, Field(ge=0.01, le=YEAR_SECONDS, allow_inf_nan=False)]
"""Seconds between two turns of something: never so few that there is time for nothing else."""

Host = Annotated[str, AfterValidator(_host)]
Folder = Annotated[Path, BeforeValidator(_folder)]
Rate = Annotated[str, AfterValidator(_rate)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[str, AfterValidator(_origins)]
DatabaseAddress = Annotated[str, AfterValidator(_database)]
any_case = BeforeValidator(_any_case)
from_json = BeforeValidator(_entries)
