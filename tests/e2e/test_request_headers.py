"""What a request says of itself: none of it becomes part of an answer, and nothing but the cookie says who asks."""

import httpx2
import pytest

from tests.e2e.deployments import Deployment
from tests.e2e.socket_client import REDIRECT, opened_page, sign_up

SENTINEL = "x7sentinel\"'><script>alert(1)</script>"
HEADERS = (
    "accept-language",
    "user-agent",
    "referer",
    "cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-original-url",
    "x-request-id",
    "forwarded",
    "authorization",
)
PATHS = ("/", "/c/x7", "/login", "/signup", "/nowhere", "/ping", "/health/ready", "/metrics")
PRETENDED = ("authorization", "x-user", "remote-user", "x-forwarded-user", "x-api-key", "x-auth-token")


@pytest.mark.deployment
def test_no_header_of_a_request_is_in_what_is_answered(server: Deployment) -> None:
    with httpx2.Client(base_url=server.url) as client:
        for path in PATHS:
            for name in HEADERS:
                answer = client.get(path, headers={name: SENTINEL})
                assert "x7sentinel" not in answer.text + str(answer.headers), (path, name)


def test_nothing_but_the_cookie_signs_anybody_in(server: Deployment) -> None:
    name, _, token = sign_up(server.url, "a passphrase of somebody").partition("=")
    headers = dict.fromkeys(PRETENDED, f"Bearer {token}") | {name: token}
    page = httpx2.post(f"{server.url}/auth/password", headers={"origin": server.url, **headers})
    assert page.headers["location"].startswith("/login")
    with opened_page(server.url, f"{name}_other={token}") as stranger:
        assert any(REDIRECT in frame for frame in stranger.frames)
    with opened_page(server.url, f"{name}={token}") as somebody:
        assert not any(REDIRECT in frame for frame in somebody.frames)
