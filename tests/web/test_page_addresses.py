"""A page is served at the address that people type, without a redirect that guesses at the scheme."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from chatapp.web.page_addresses import PageAddresses


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """The static server over a build of two pages."""
    (tmp_path / "login").mkdir()
    (tmp_path / "login" / "index.html").write_text("the login")
    (tmp_path / "index.html").write_text("the start")
    served = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    return TestClient(PageAddresses(served, tmp_path), follow_redirects=False)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/login", "the login"),
        ("/login/", "the login"),
        ("/login?next=/c/1", "the login"),
        ("/", "the start"),
        ("", "the start"),
        ("/c/0b1c", "the start"),
        ("/c/0b1c?x=/y/z", "the start"),
    ],
)
def test_a_page_answers_at_its_address_without_a_redirect(client: TestClient, address: str, page: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.text) == (200, page)


@pytest.mark.parametrize("address", ["/logi", "/c", "/c/", "/c/1/2", "/c/1/", "/x/c/1", "/cc/1", "/c/1%2F2"])
def test_what_is_no_page_is_left_alone(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404
