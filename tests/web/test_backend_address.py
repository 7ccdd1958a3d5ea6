"""One build, any address: the pages are told where their server is when they are served."""

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from chatapp.settings import Settings
from chatapp.web.backend_address import BackendAddress

BAKED = "var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`};export{e as t};"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with the script that Reflex writes addresses into."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "reflex-env-Ab1.js").write_text(BAKED)
    return tmp_path


@pytest.mark.parametrize(
    ("public_url", "port", "http", "socket"),
    [
        ("", 3456, "http://localhost:3456", "ws://localhost:3456"),
        ("https://chat.example.org", 3456, "https://chat.example.org", "wss://chat.example.org"),
        ("http://10.0.0.9:8080", 3456, "http://10.0.0.9:8080", "ws://10.0.0.9:8080"),
    ],
)
def test_the_address_is_that_of_today(
    public_url: str, port: int, http: str, socket: str, settings: Settings, build: Path
) -> None:
    today = settings.model_copy(update={"public_url": public_url, "port": port})
    client = TestClient(BackendAddress(PlainTextResponse("other"), build, today))
    response = client.get("/assets/reflex-env-Ab1.js")
    assert response.text == f"var e={{PING:`{http}/ping`,EVENT:`{socket}/_event`}};export{{e as t}};"
    assert response.headers["cache-control"] == "no-cache"
    assert client.get("/assets/other.js").text == "other"
