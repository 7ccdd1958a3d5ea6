"""The headers on what we serve: every inline script of the build is known, nothing else may run."""

import base64
import hashlib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chatapp.settings import Settings
from chatapp.web.content_security_policy import SecurityHeaders

SCRIPT = "console.log(1 < 2)\n"
PAGE = f'<html><script type="module">{SCRIPT}</script><script src="/assets/a.js"></script></html>'


def answer(scope_settings: Settings, build: Path, path: str = "/", host: str = "localhost:3000") -> dict[str, str]:
    """The headers of the response to one request."""
    page = Route("/{path:path}", lambda request: PlainTextResponse("", 404 if "missing" in request.url.path else 200))
    client = TestClient(SecurityHeaders(Starlette(routes=[page]), build, scope_settings))
    return dict(client.get(path, headers={"host": host}).headers)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A built page with one inline script."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.html").write_text(PAGE)
    return tmp_path


def test_an_inline_script_of_the_build_is_allowed_by_its_hash_and_no_other(settings: Settings, build: Path) -> None:
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = answer(settings, build)["content-security-policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe-eval" not in policy


def test_the_scripts_of_the_frame_for_diagrams_are_known_too(settings: Settings, build: Path) -> None:
    (build / "assets").mkdir()
    (build / "assets" / "diagram_frame-1.js").write_text(SCRIPT * 2)
    (build / "assets" / "mermaid.min-2.js").write_text(SCRIPT * 3)
    (build / "assets" / "other.js").write_text(SCRIPT * 4)
    policy = answer(settings, build)["content-security-policy"]
    for script, is_known in ((SCRIPT * 2, True), (SCRIPT * 3, True), (SCRIPT * 4, False)):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert (f"'sha256-{digest}'" in policy) == is_known


def test_the_websocket_of_the_host_that_was_asked_is_allowed(settings: Settings, build: Path) -> None:
    policy = answer(settings, build, host="192.168.1.5:3000")["content-security-policy"]
    assert "connect-src 'self' ws://192.168.1.5:3000 wss://192.168.1.5:3000;" in policy


@pytest.mark.parametrize("host", ["evil; script-src *", "a b", "", "x'y", "[::1"])
def test_a_crooked_host_header_does_not_reach_the_policy(host: str, settings: Settings, build: Path) -> None:
    policy = SecurityHeaders(Starlette(), build, settings).policy(host)
    assert "connect-src 'self'; manifest-src" in policy


def test_hashed_files_are_kept_and_pages_are_asked_for_again(settings: Settings, build: Path) -> None:
    assert "immutable" in answer(settings, build, "/assets/a-123.js")["cache-control"]
    assert answer(settings, build)["cache-control"] == "no-cache"


def test_a_missing_hashed_file_is_not_kept_as_missing(settings: Settings, build: Path) -> None:
    assert answer(settings, build, "/assets/missing.js")["cache-control"] == "no-cache"


def test_only_an_https_address_is_pinned_to_https(settings: Settings, build: Path) -> None:
    secure = settings.model_copy(update={"public_url": "https://chat.example.org"})
    assert "strict-transport-security" not in answer(settings, build)
    assert "strict-transport-security" in answer(secure, build)
