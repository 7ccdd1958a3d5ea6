"""The four form posts, as a browser sees them."""

import httpx
import pytest
from starlette.applications import Starlette

from chatapp.accounts import flash, sessions
from chatapp.accounts.routes import AuthRoutes
from chatapp.settings import Settings
from tests.accounts.browsing import OWN_ORIGIN, PASSWORD, flash_of, join, principal_for, start_session
from tests.accounts.test_return_path import HOSTILE

pytestmark = pytest.mark.asyncio


async def log_in(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/auth/login", data={"username": "ada", "password": PASSWORD, **fields})


async def test_sign_up_sign_out_and_sign_in_again(client: httpx.AsyncClient, migrated: Settings) -> None:
    joined = await client.post("/auth/signup", data={"username": "ada", "password": PASSWORD, "next": "/c/1"})
    assert (joined.status_code, joined.headers["location"]) == (303, "/c/1")
    first = client.cookies["chatapp_session"]
    assert (await principal_for(first, migrated)).is_admin

    left = await client.post("/auth/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert "chatapp_session" not in client.cookies
    assert await sessions.resolve(first, migrated) is None

    assert (await log_in(client)).headers["location"] == "/"
    assert client.cookies["chatapp_session"] != first


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient, migrated: Settings
) -> None:
    await join("ada", migrated)
    cookie = (await log_in(client)).headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_signing_in_again_ends_the_session_this_browser_had(
    client: httpx.AsyncClient, migrated: Settings
) -> None:
    await join("ada", migrated)
    await log_in(client)
    before = client.cookies["chatapp_session"]
    await log_in(client)
    assert await sessions.resolve(before, migrated) is None
    await principal_for(client.cookies["chatapp_session"], migrated)


async def test_an_error_goes_back_to_the_form_with_the_name_and_never_the_password(
    client: httpx.AsyncClient, migrated: Settings
) -> None:
    await join("ada", migrated)
    response = await log_in(client, password="wrong words here", next="/c/ü?a=1")
    assert response.headers["location"] == "/login?next=%2Fc%2F%C3%BC%3Fa%3D1"
    assert "chatapp_session" not in response.cookies
    message = flash_of(response, migrated)
    assert (message.page, message.username) == ("/login", "ada")
    assert message.error == "Wrong username or password."
    assert "wrong words here" not in repr(message)


async def test_a_huge_username_fits_the_cookie(client: httpx.AsyncClient, migrated: Settings) -> None:
    response = await log_in(client, username="\U0001f600" * 5_000)
    assert len(response.headers["set-cookie"]) < 4096
    assert len(flash_of(response, migrated).username) == flash.USERNAME_MAX_CHARACTERS


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_login_leads_to_no_other_site(client: httpx.AsyncClient, migrated: Settings, value: str) -> None:
    await join("ada", migrated)
    assert (await log_in(client, next=value)).headers["location"] == "/"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:3000", "http://192.168.1.20:3000", "http://[::1]:3000"])
async def test_people_stay_on_the_address_they_typed(
    client: httpx.AsyncClient, migrated: Settings, origin: str
) -> None:
    await join("ada", migrated)
    fields = {"username": "ada", "password": PASSWORD, "next": "/c/1"}
    response = await client.post(f"{origin}/auth/login", data=fields, headers={"origin": origin})
    assert response.headers["location"] == "/c/1"


async def test_changing_the_password_says_what_happened(client: httpx.AsyncClient, migrated: Settings) -> None:
    token = await join("ada", migrated)
    client.cookies.set("chatapp_session", token)
    other = await start_session((await principal_for(token, migrated)).user_id, migrated)
    wrong = await client.post("/auth/password", data={"current": "wrong words", "password": "another fine phrase"})
    assert flash_of(wrong, migrated).error == "Wrong current password."
    right = await client.post("/auth/password", data={"current": PASSWORD, "password": "another fine phrase"})
    assert right.headers["location"] == "/settings"
    assert flash_of(right, migrated).notice == "Your password is changed. Signed out on 1 other device."
    assert await sessions.resolve(other, migrated) is None


async def test_changing_a_password_needs_a_login(client: httpx.AsyncClient, migrated: Settings) -> None:
    response = await client.post("/auth/password", data={"current": PASSWORD, "password": "another fine phrase"})
    assert response.headers["location"] == "/login?next=/settings"


async def test_a_body_is_bounded_and_must_be_a_form(client: httpx.AsyncClient) -> None:
    assert (await log_in(client, username="x" * 70_000)).status_code == 413
    assert (await client.post("/auth/login", json={"username": "ada"})).status_code == 415
    assert (await client.post("/auth/login", data={f"f{n}": "x" for n in range(21)})).status_code == 400
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/auth/login", content=b"username=\xff\xfe", headers=headers)).status_code == 400
    assert (await client.post("/auth/login", content=b"", headers=headers)).status_code == 303
    assert (await client.get("/auth/logout")).status_code == 405


async def test_too_many_attempts_are_told_in_words(client: httpx.AsyncClient, migrated: Settings) -> None:
    for n in range(10):
        await log_in(client, username=f"nobody{n}")
    assert flash_of(await log_in(client), migrated).error == "Too many attempts. Try again in 3 minutes."


async def test_a_forged_message_is_not_shown(migrated: Settings) -> None:
    value = flash.dumps(flash.Flash("/login", error="x"), migrated)
    other = Settings.model_validate({**migrated.model_dump(), "secret": "another secret of at least 32 characters"})
    assert flash.loads(value, migrated) is not None
    assert flash.loads(value, other) is None
    assert flash.loads("", migrated) is None


async def test_over_https_the_cookie_is_bound_to_the_host(migrated: Settings) -> None:
    settings = Settings.model_validate({**migrated.model_dump(), "public_url": "https://chat.example.org"})
    await join("ada", settings)
    transport = httpx.ASGITransport(Starlette(routes=AuthRoutes(settings).routes()))
    async with httpx.AsyncClient(transport=transport, base_url="https://chat.example.org") as browser:
        response = await browser.post("/auth/login", data={"username": "ada", "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-chatapp=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert OWN_ORIGIN not in response.headers["location"]
