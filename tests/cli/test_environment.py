"""The environment around the settings: proxies and certificates are looked at before they are used, typos are told."""

from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chatapp.cli import checked_settings, environment
from chatapp.errors import SettingsError
from chatapp.settings import variables
from chatapp.words import words_of
from tests.test_settings import PROXIES, VARIABLE

PIECES = st.sampled_from(["http", "socks4", "socks5", "ftp", "://", ":", "@", "[", "]", "/", "#", "?", "%", "8"])
PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("variable", [*PROXY_NAMES, *(name.lower() for name in PROXY_NAMES)])
@pytest.mark.parametrize(
    "address",
    [
        "socks4://proxy:1080",
        "ftp://proxy",
        "http://proxy:port",
        "http://",
        "http://a:s3cr#t@proxy:1",
        "http://proxy/path",
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_and_not_repeated(
    variable: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, address)
    with pytest.raises(SettingsError, match=rf"^settings: {variable.upper()} is wrong: it must look like") as refused:
        environment.check_proxies()
    assert "s3cr" not in words_of(refused.value)


@given(st.lists(st.one_of(PIECES, st.from_regex("[a-z0-9.é ]{1,4}", fullmatch=True)), max_size=7).map("".join))
@hypothesis_settings(deadline=None)
def test_a_client_can_be_made_with_every_proxy_that_passes(address: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALL_PROXY", address)
        try:
            environment.check_proxies()
        except SettingsError:
            return
        httpx2.AsyncClient()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_are_not_there_are_told_at_once(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authority.pem"
    if content:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(SettingsError, match="SSL_CERT_FILE is wrong"):
        environment.check_certificates()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CHATAPP_OPENAI_KEY", "OPENAI_API_KEY"),
        ("CHATAPP_DATADIR", "CHATAPP_DATA_DIR"),
        ("CHATAPP_SIGN_UP", "CHATAPP_SIGNUP"),
        ("chatapp_endpoint", "CHATAPP_ENDPOINTS"),
    ],
)
def test_a_name_that_is_no_setting_is_told_with_the_nearest_that_is(
    typed: str, meant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.warn_of_unknown.cache_clear()
    monkeypatch.setenv(typed, "x")
    environment.warn_of_unknown()
    assert f"chatapp: {typed.upper()} is no setting. Did you mean {meant}?\n" in capsys.readouterr().err


def test_no_name_that_means_something_is_taken_for_a_typo() -> None:
    of_proxies = {name for path in PROXIES for name in VARIABLE.findall(path.read_text())}
    assert environment.unknown({*variables().values(), "CHATAPP_PORT", "CHATAPP_TEST_PORT", *of_proxies, "PATH"}) == []


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("redis://redis.example.org:6379/0", True),
        ("rediss://10.0.0.5", True),
        ("redis://:word@redis.example.org", False),
        ("redis://redis.example.org?password=word", False),
        ("redis://127.0.0.1:6379/0", False),
        ("redis://localhost", False),
        ("unix:///run/redis.sock", False),
    ],
)
def test_a_redis_of_another_machine_without_a_password_is_told(
    url: str, is_told: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.warn_of_open_redis.cache_clear()
    monkeypatch.setenv("CHATAPP_REDIS_URL", url)
    monkeypatch.setenv("CHATAPP_DEMO_PORT", "8100")
    checked_settings.load()
    said = capsys.readouterr().err
    assert ("has no password" in said) is is_told
    assert "word@" not in said
