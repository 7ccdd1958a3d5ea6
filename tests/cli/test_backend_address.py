"""One build, any address: pages that stand elsewhere are told where their server is when they are exported."""

from pathlib import Path

import pytest

from chatapp.cli.backend_address import corrected, has_address

BAKED = "var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`};export{e as t};"


@pytest.mark.parametrize(
    ("address", "socket"),
    [
        ("https://api.example.org", "wss://api.example.org"),
        ("http://10.0.0.9:8080", "ws://10.0.0.9:8080"),
    ],
)
def test_every_address_in_the_script_becomes_that_of_the_server(address: str, socket: str, tmp_path: Path) -> None:
    script = tmp_path / "reflex-env-Ab1.js"
    script.write_text(BAKED)
    assert corrected(script, address) == f"var e={{PING:`{address}/ping`,EVENT:`{socket}/_event`}};export{{e as t}};"


def test_the_address_of_the_back_end_is_in_a_build_or_not(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    assert not has_address(tmp_path)
    (tmp_path / "assets" / "reflex-env-Ab1.js").write_text("nothing")
    assert not has_address(tmp_path)
    (tmp_path / "assets" / "reflex-env-Ab1.js").write_text(BAKED)
    assert has_address(tmp_path)
