"""Settings: read from the environment and `.env`, refused in one readable line, and described where people look."""

import re
import stat
from pathlib import Path

import pytest
from pydantic import AliasChoices

from chatapp.errors import SettingsError
from chatapp.settings import Settings, load_settings
from chatapp.words import words_of

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "configuration.md"
EXAMPLE = ROOT / ".env.example"
PROXIES = sorted(ROOT.glob("deploy/**/*Caddyfile*"))
"""Caddy takes addresses from the environment, under names of its own."""

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
VARIABLE = re.compile(r"\b(?:CHATAPP_(?!TEST_)[A-Z_]*[A-Z]|OPENAI_[A-Z_]*[A-Z]|HOST|PORT)\b")
ASSIGNMENT = re.compile(r"^# ([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
ROW = re.compile(r"^\| `([A-Z_]+)` \| .* \| (.+) \|$", re.MULTILINE)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[-1]) if isinstance(alias, AliasChoices) else f"CHATAPP_{name.upper()}"


VARIABLES = {variable_of(name): field for name, field in Settings.model_fields.items()}
NOT_TEXT = [name for name, field in VARIABLES.items() if field.annotation in {int, float, bool, bool | None}]


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def refusal() -> str:
    """What a person reads when the settings are wrong."""
    with pytest.raises(SettingsError) as error:
        load_settings()
    return words_of(error.value)


def test_nothing_set_is_a_working_installation() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.signup) == ("127.0.0.1", 3000, "first")
    assert settings.effective_public_url == "http://localhost:3000"
    assert not settings.secure_cookies
    assert not settings.listens_beyond_loopback


@pytest.mark.parametrize("variable", NOT_TEXT)
def test_a_word_where_a_number_belongs_is_refused_with_the_name(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "plenty")
    assert refusal().startswith(f"{variable} is wrong: ")
    assert "\n" not in refusal()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("CHATAPP_SIGNUP", "sometimes"),
        ("CHATAPP_LOG_LEVEL", "loud"),
        ("CHATAPP_LOGIN_LIMIT", "often"),
        ("CHATAPP_MESSAGE_LIMIT", "20"),
        ("CHATAPP_PUBLIC_URL", "chat.example.org"),
        ("CHATAPP_PUBLIC_URL", "ftp://chat.example.org"),
        ("CHATAPP_UNDO_SECONDS", "1"),
        ("CHATAPP_TRASH_DAYS", "-1"),
        ("CHATAPP_LEASE_SECONDS", "-1"),
        ("CHATAPP_ENDPOINTS", "http://localhost:11434"),
        ("CHATAPP_ENDPOINTS", '[{"name": "a/b", "base_url": "http://localhost"}]'),
        ("CHATAPP_ENDPOINTS", '[{"name": "a", "base_url": "ftp://localhost"}]'),
        ("CHATAPP_ENDPOINTS", '[{"name": "a", "base_url": ""}]'),
        ("CHATAPP_ENDPOINTS", '[{"name": "a", "base_url": "localhost", "api_key": "schlüssel"}]'),
        ("OPENAI_BASE_URL", "ws://localhost:11434"),
        ("OPENAI_BASE_URL", "http://localhost:123456/v1"),
        ("OPENAI_BASE_URL", "8.8.8.8:8000/v1"),
        ("OPENAI_API_KEY", "sk-1 sk-2"),
        ("CHATAPP_ENDPOINTS", '[{"name": "a", "base_url": "http://localhost", "key": "k"}]'),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_the_variable(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert variable in refusal()
    assert "\n" not in refusal()


def test_a_refusal_does_not_repeat_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATAPP_ENDPOINTS", '[{"name": "a", "base_url": "x y", "api_key": "sk-very-secret"}]')
    assert "sk-very-secret" not in refusal()


def test_a_wrong_address_says_in_which_entry_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = '[{"name": "a", "base_url": "localhost"}, {"name": "b", "base_url": "http://h:port"}]'
    monkeypatch.setenv("CHATAPP_ENDPOINTS", entries)
    assert refusal() == ("CHATAPP_ENDPOINTS is wrong: base_url of entry 2: it must look like http://localhost:11434/v1")


@pytest.mark.parametrize("around", ["{}", " {}	", '"{}"', "'{}' ", "“{}”", "﻿{}"])
def test_what_was_copied_around_an_address_or_a_key_does_not_count(
    around: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", around.format("localhost:11434"))
    monkeypatch.setenv("OPENAI_API_KEY", around.format("sk-1"))
    assert load_settings().openai_api_key.get_secret_value() == "sk-1"


@pytest.mark.parametrize("nothing", ["", "  ", '""', "''"])
def test_quotation_marks_around_nothing_are_no_address(nothing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", nothing)
    assert load_settings().openai_base_url == ""


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("CHATAPP_SIGNUP", "")
    settings = load_settings()
    assert (settings.port, settings.signup) == (3000, "first")


def test_the_file_dot_env_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nCHATAPP_SIGNUP=closed\nOPENAI_API_KEY=sk-1\n")
    monkeypatch.setenv("CHATAPP_SIGNUP", "open")
    settings = load_settings()
    assert (settings.port, settings.signup) == (4000, "open")
    assert settings.openai_api_key.get_secret_value() == "sk-1"


def test_a_wrong_value_in_dot_env_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOST=0.0.0.0\nPORT=http\n")
    assert refusal().startswith("PORT is wrong")


def test_several_endpoints_are_read_from_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "CHATAPP_ENDPOINTS",
        '[{"name": "home", "base_url": "http://localhost:11434/v1"},'
        ' {"name": "far", "base_url": "https://models.example.org/v1", "api_key": "sk-1", "models": ["m"]}]',
    )
    home, far = load_settings().endpoints
    assert (home.name, home.models, home.api_key.get_secret_value()) == ("home", (), "")
    assert (far.name, far.models, far.api_key.get_secret_value()) == ("far", ("m",), "sk-1")


def test_the_secret_is_made_once_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = load_settings().secret_bytes
    assert load_settings().secret_bytes == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_two_installations_make_different_secrets(tmp_path: Path) -> None:
    made = {Settings(data_dir=tmp_path / name).secret_bytes for name in ("a", "b")}
    assert len(made) == 2


def test_a_secret_that_is_set_is_used_and_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATAPP_SECRET", "from the vault: q8Zt3kVw6nBy1rMx5dHc")
    assert load_settings().secret_bytes == b"from the vault: q8Zt3kVw6nBy1rMx5dHc"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["from the vault", "a" * 64, "changeme-" * 8, "0123456789" * 4])
def test_a_secret_that_can_be_guessed_is_refused_without_repeating_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATAPP_SECRET", key)
    assert refusal().startswith("CHATAPP_SECRET is wrong: must be at least 32 random characters")
    assert key not in refusal()


def test_settings_that_are_printed_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATAPP_SECRET", "from the vault: q8Zt3kVw6nBy1rMx5dHc")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert "vault" not in repr(load_settings())
    assert "sk-1" not in repr(load_settings())


@pytest.mark.parametrize(
    ("host", "is_open"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True), ("10.0.0.5", True)],
)
def test_an_address_that_other_machines_reach_is_recognised(host: str, is_open: bool) -> None:
    assert Settings(host=host).listens_beyond_loopback == is_open


def test_people_who_come_over_https_get_secure_cookies() -> None:
    assert Settings(public_url="https://chat.example.org/").secure_cookies
    assert Settings(public_url="https://chat.example.org/").effective_public_url == "https://chat.example.org"


def test_the_configuration_guide_names_every_setting_and_no_other() -> None:
    rows = ROW.findall(GUIDE.read_text())
    assert sorted(name for name, _ in rows) == sorted(VARIABLES)
    assert set(VARIABLE.findall(GUIDE.read_text())) == VARIABLES.keys()


def test_the_example_file_names_every_setting_and_no_other() -> None:
    assert sorted(name for name, _ in ASSIGNMENT.findall(EXAMPLE.read_text())) == sorted(VARIABLES)


def test_the_example_file_shows_the_defaults(tmp_path: Path) -> None:
    lines = (f"{name}={value}" for name, value in ASSIGNMENT.findall(EXAMPLE.read_text()))
    (tmp_path / ".env").write_text("\n".join(lines))
    assert load_settings() == Settings(_env_file=None)


def test_the_configuration_guide_gives_the_same_defaults_as_the_example_file() -> None:
    said = {name: default.strip("`") for name, default in ROW.findall(GUIDE.read_text()) if default.startswith("`")}
    assert said == {name: value for name, value in ASSIGNMENT.findall(EXAMPLE.read_text()) if value}


def test_no_line_of_the_example_file_sets_anything() -> None:
    assert all(line.startswith("#") for line in EXAMPLE.read_text().splitlines() if line)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_names_no_setting_that_does_not_exist(document: Path) -> None:
    of_proxies = set(VARIABLE.findall("".join(path.read_text() for path in PROXIES)))
    assert set(VARIABLE.findall(document.read_text())) <= VARIABLES.keys() | of_proxies
