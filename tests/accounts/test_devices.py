"""Names for browsers."""

import pytest

from chatapp.accounts import devices

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [(SAFARI, "Safari on iPhone"), (EDGE, "Edge on Windows"), ("curl/8", "Unknown device"), ("", "Unknown device")],
)
def test_a_browser_is_named_as_its_owner_knows_it(user_agent: str, name: str) -> None:
    assert devices.name(user_agent) == name
