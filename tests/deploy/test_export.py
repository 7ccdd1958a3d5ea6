"""What the exported pages are served with, by a real Caddy and a real nginx: headers, caching, deep links."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.services.exported import Exported
from tests.services.real_server import free_port

SECURITY = ("x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy")
SCRIPTS = "script-src 'self' 'sha256-"


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """The pages and the back end behind one address."""
    made = Exported(request.param, tmp_path_factory.mktemp("export") / "data", free_port())
    made.start()
    yield made
    made.terminate()


@pytest.mark.parametrize("path", ["/", "/login", "/settings", "/c/00000000-0000-4000-8000-000000000000"])
def test_every_address_is_a_page_with_the_headers_of_the_app_and_never_kept(exported: Exported, path: str) -> None:
    page = httpx2.get(f"{exported.url}{path}")
    own = httpx2.get(f"{exported.url}/health/live").headers
    assert page.status_code == 200
    assert "<html" in page.text
    assert page.headers["cache-control"] == "no-cache"
    assert {name: page.headers[name] for name in SECURITY} == {name: own[name] for name in SECURITY}
    assert SCRIPTS in page.headers["content-security-policy"]


def test_a_conversation_is_served_with_its_frame_and_what_has_no_page_without(exported: Exported) -> None:
    pages = {path: httpx2.get(f"{exported.url}{path}").text for path in ("/", "/c/1", "/c/1/2", "/c/", "/x")}
    assert 'data-testid="sidebar"' in pages["/"]
    assert pages["/c/1"] == pages["/"]
    assert all('data-testid="sidebar"' not in pages[path] for path in ("/c/1/2", "/c/", "/x"))


def test_scripts_are_kept_for_ever_except_those_that_hold_the_address(exported: Exported) -> None:
    names = [path.name for path in (exported.folder / "pages" / "assets").glob("*.js")]
    addressed = next(name for name in names if name.startswith("reflex-env-"))
    other = next(name for name in names if name.startswith("entry.client-"))
    assert httpx2.get(f"{exported.url}/assets/{addressed}").headers["cache-control"] == "no-cache"
    script = httpx2.get(f"{exported.url}/assets/{other}")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"


def test_a_file_of_another_build_is_missing_and_not_kept(exported: Exported) -> None:
    missing = httpx2.get(f"{exported.url}/assets/entry.client-00000000.js")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("cache-control", "")


def test_headers_come_once_from_the_back_end(exported: Exported) -> None:
    answer = httpx2.get(f"{exported.url}/health/ready")
    assert answer.status_code == 200
    assert answer.headers.get_list("x-frame-options") == ["DENY"]
