"""Who may make an account, and who is first."""

import asyncio

import pytest
from sqlmodel import select

from chatapp.accounts import sessions, signup
from chatapp.db import database
from chatapp.errors import ChatappError, Forbidden, Invalid, TooMany
from chatapp.models import User
from chatapp.settings import Settings
from tests.accounts.browsing import PASSWORD, VISITOR, principal_for

pytestmark = pytest.mark.asyncio


async def sign_up(username: str, settings: Settings, *, code: str = "") -> str:
    return await signup.sign_up(username, PASSWORD, code, VISITOR, settings)


async def all_users() -> list[User]:
    async with database.reading() as db:
        return list((await db.exec(select(User))).all())


async def test_the_first_account_is_the_administrators_and_closes_the_door(migrated: Settings) -> None:
    principal = await principal_for(await sign_up("ada", migrated), migrated)
    assert principal.is_admin
    with pytest.raises(Forbidden):
        await sign_up("eve", migrated)


async def test_an_open_installation_takes_anybody_as_an_ordinary_person(migrated: Settings) -> None:
    settings = migrated.model_copy(update={"signup": "open"})
    await sign_up("ada", settings)
    assert not (await principal_for(await sign_up("eve", settings), settings)).is_admin


async def test_a_closed_installation_takes_nobody_not_even_the_first(migrated: Settings) -> None:
    with pytest.raises(Forbidden):
        await sign_up("ada", migrated.model_copy(update={"signup": "closed"}))
    assert await all_users() == []


@pytest.mark.parametrize("mode", ["first", "open"])
async def test_of_two_first_sign_ups_at_once_one_becomes_administrator(migrated: Settings, mode: str) -> None:
    settings = migrated.model_copy(update={"signup": mode})
    results = await asyncio.gather(*(sign_up(f"person{n}", settings) for n in range(6)), return_exceptions=True)
    assert all(isinstance(result, str | ChatappError) for result in results)
    users = await all_users()
    assert len(users) == (1 if mode == "first" else 6)
    assert [user.founder for user in users].count(1) == [user.is_admin for user in users].count(True) == 1


async def test_of_two_who_want_one_name_at_once_one_gets_it(migrated: Settings) -> None:
    settings = migrated.model_copy(update={"signup": "open"})
    await sign_up("ada", settings)
    results = await asyncio.gather(sign_up("Eve", settings), sign_up("eve", settings), return_exceptions=True)
    assert [type(result) for result in results if isinstance(result, Exception)] == [Invalid]
    assert len(await all_users()) == 2


async def test_beyond_loopback_the_first_account_needs_the_printed_code(migrated: Settings) -> None:
    settings = migrated.model_copy(update={"host": "192.0.2.1"})
    assert (await signup.offer(settings)).needs_code
    for wrong in ("", "AAAA-AAAA", "ß" * 9):
        with pytest.raises(Invalid):
            await sign_up("ada", settings, code=wrong)
    typed = signup.setup_code(settings).lower().replace("-", " ")
    assert await sessions.resolve(await sign_up("ada", settings, code=typed), settings)
    assert not (await signup.offer(settings)).needs_code


async def test_the_code_depends_on_the_secret(settings: Settings) -> None:
    other = Settings(_env_file=None, data_dir=settings.data_dir, secret="of another one: 5nHd2uGs9eKf3xJw6aTq")
    assert signup.setup_code(settings) != signup.setup_code(other)


async def test_guessing_the_code_is_limited(migrated: Settings) -> None:
    settings = migrated.model_copy(update={"host": "192.0.2.1", "login_limit": "2/minute"})
    for _ in range(2):
        with pytest.raises(Invalid):
            await sign_up("ada", settings, code="guess")
    with pytest.raises(TooMany):
        await sign_up("ada", settings, code=signup.setup_code(settings))
