"""A stolen client token opens nothing."""

import uuid

import pytest
from starlette.types import Receive, Scope, Send

from chatapp.settings import Settings
from chatapp.web.token_binding import BindTokens

pytestmark = pytest.mark.asyncio

TOKEN = "0b6f4a39-0d2c-4c1b-8a52-6f7f1f2f3a4b"


async def seen(
    settings: Settings, cookie: str, *, path: str = "/_event/", query: str = f"token={TOKEN}&EIO=4"
) -> Scope:
    """What the app is given when a browser connects."""
    given: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        given.append(scope)

    headers = [(b"reflex-client-token", TOKEN.encode()), *([(b"cookie", cookie.encode())] if cookie else [])]
    scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
    await BindTokens(settings)(app)(scope, None, None)  # type: ignore[arg-type]
    return given[0]


async def token(settings: Settings, cookie: str) -> str:
    return dict(pair.split("=") for pair in (await seen(settings, cookie))["query_string"].decode().split("&"))["token"]


async def test_one_browser_finds_its_state_again_and_no_other_does(settings: Settings) -> None:
    mine = await token(settings, "chatapp_session=mine")
    assert mine == await token(settings, 'theme=dark; x={"a":1}; chatapp_session=mine')
    others = {await token(settings, cookie) for cookie in ("", "chatapp_session=theirs", "other=mine")}
    assert mine not in others | {TOKEN}
    assert str(uuid.UUID(mine)) == mine


async def test_the_secret_takes_part(settings: Settings) -> None:
    other = Settings.model_validate({**settings.model_dump(), "secret": "another secret of at least 32 characters"})
    assert await token(settings, "chatapp_session=mine") != await token(other, "chatapp_session=mine")


async def test_the_header_of_uploads_is_bound_as_well(settings: Settings) -> None:
    headers = dict((await seen(settings, "chatapp_session=mine", path="/_upload"))["headers"])
    assert headers[b"reflex-client-token"].decode() == await token(settings, "chatapp_session=mine")


async def test_other_parameters_and_paths_stay_as_they_are(settings: Settings) -> None:
    assert "EIO=4" in (await seen(settings, ""))["query_string"].decode()
    assert (await seen(settings, "", path="/c/1"))["query_string"].decode() == f"token={TOKEN}&EIO=4"


async def test_every_token_of_an_address_is_bound(settings: Settings) -> None:
    query = (await seen(settings, "", query=f"token=&token={TOKEN}&token={TOKEN}"))["query_string"].decode()
    assert TOKEN not in query
