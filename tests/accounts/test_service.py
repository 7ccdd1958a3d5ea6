"""Signing in and what a person does with their account."""

import asyncio
import time
from statistics import median

import pytest
from argon2 import PasswordHasher
from sqlmodel import col, select, update

from chatapp.accounts import passwords, service, sessions
from chatapp.db import database
from chatapp.errors import Invalid, NotFound, TooMany
from chatapp.models import User
from chatapp.settings import Settings
from chatapp.words import words_of
from tests.accounts.browsing import PASSWORD, VISITOR, join, principal_for, start_session

pytestmark = pytest.mark.asyncio

UNLIMITED = "1000000/minute"


async def log_in(username: str, password: str, settings: Settings) -> str:
    return await service.log_in(username, password, VISITOR, settings)


async def refusal(username: str, password: str, settings: Settings) -> Invalid:
    with pytest.raises(Invalid) as refused:
        await log_in(username, password, settings)
    return refused.value


async def test_the_right_password_opens_a_new_session_each_time(migrated: Settings) -> None:
    await join("Ada", migrated)
    first, second = await log_in("ADA", PASSWORD, migrated), await log_in(" ada ", PASSWORD, migrated)
    assert first != second
    assert (await principal_for(second, migrated)).username == "Ada"


async def test_unknown_wrong_and_locked_out_get_the_same_answer(migrated: Settings) -> None:
    await join("ada", migrated)
    await join("eve", migrated)
    async with database.writing() as db:
        await db.exec(update(User).where(col(User.username_key) == "eve").values(is_active=False))
    answers = [
        await refusal("ada", "wrong words here", migrated),
        await refusal("nobody", PASSWORD, migrated),
        await refusal("eve", PASSWORD, migrated),
        await refusal("\x00", "", migrated),
    ]
    assert len({(answer.code, words_of(answer)) for answer in answers}) == 1


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "FREE_FAILURES", 10_000)
    settings = migrated.model_copy(update={"login_limit": UNLIMITED})
    await join("ada", settings)
    known: list[float] = []
    unknown: list[float] = []
    for n in range(30):  # by turns, so that a busy machine slows both
        for name, times in (("ada", known), (f"nobody{n}", unknown)):
            started = time.perf_counter()
            await refusal(name, "wrong words here", settings)
            times.append(time.perf_counter() - started)
    assert 0.75 < median(unknown) / median(known) < 1.25


async def test_an_outdated_hash_is_renewed_at_login(migrated: Settings) -> None:
    await join("ada", migrated)
    old = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash(PASSWORD)
    async with database.writing() as db:
        await db.exec(update(User).values(password_hash=old))
    await log_in("ada", PASSWORD, migrated)
    async with database.reading() as db:
        assert not passwords.needs_rehash((await db.exec(select(User.password_hash))).one())
    await log_in("ada", PASSWORD, migrated)


async def test_an_address_may_try_ten_times_in_three_minutes(migrated: Settings) -> None:
    await join("ada", migrated)
    for _ in range(10):
        await log_in("ada", PASSWORD, migrated)
    with pytest.raises(TooMany) as refused:
        await log_in("ada", PASSWORD, migrated)
    seconds = refused.value.parameters["retry_after_seconds"]
    assert isinstance(seconds, int)
    assert 170 <= seconds <= 180
    assert words_of(refused.value) == "Too many attempts. Try again in 3 minutes."


async def test_attempts_at_the_same_time_count_against_each_other(migrated: Settings) -> None:
    await join("ada", migrated)
    started = time.perf_counter()
    await asyncio.gather(*(refusal("ada", "wrong words here", migrated) for _ in range(7)))
    assert time.perf_counter() - started >= 2  # the seventh came after six


async def test_after_five_failures_an_account_answers_slowly_and_never_locks(migrated: Settings) -> None:
    await join("ada", migrated)
    for _ in range(5):
        await refusal("ada", "wrong words here", migrated)
    started = time.perf_counter()
    await log_in("Ada", PASSWORD, migrated)
    assert 1 <= time.perf_counter() - started < 4
    started = time.perf_counter()
    await log_in("ada", PASSWORD, migrated)
    assert time.perf_counter() - started < 1


async def test_the_delay_grows_to_a_bound() -> None:
    delays = [service.failure_delay_seconds(failures) for failures in (0, 4, 5, 6, 7, 8, 9, 1000)]
    assert delays == [0, 0, 1, 2, 4, 8, 8, 8]


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(migrated: Settings) -> None:
    here = await join("ada", migrated)
    principal = await principal_for(here, migrated)
    there = await start_session(principal.user_id, migrated)
    assert await service.change_password(principal, PASSWORD, "another fine phrase", migrated) == 1
    assert await sessions.resolve(there, migrated) is None
    await principal_for(here, migrated)
    await refusal("ada", PASSWORD, migrated)
    await log_in("ada", "another fine phrase", migrated)


@pytest.mark.parametrize(("current", "new"), [("wrong words", "another fine phrase"), (PASSWORD, "short")])
async def test_a_refused_change_changes_nothing(migrated: Settings, current: str, new: str) -> None:
    here = await join("ada", migrated)
    principal = await principal_for(here, migrated)
    there = await start_session(principal.user_id, migrated)
    with pytest.raises(Invalid):
        await service.change_password(principal, current, new, migrated)
    await principal_for(there, migrated)
    await log_in("ada", PASSWORD, migrated)


async def test_the_operators_reset_signs_the_person_out_everywhere(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await service.reset_password("ADA", "another fine phrase")
    assert await sessions.resolve(token, migrated) is None
    await log_in("ada", "another fine phrase", migrated)
    with pytest.raises(NotFound):
        await service.reset_password("nobody", "another fine phrase")


async def test_a_person_sees_their_own_devices(migrated: Settings) -> None:
    here = await join("ada", migrated)
    await join("eve", migrated)
    principal = await principal_for(here, migrated)
    await start_session(principal.user_id, migrated)
    logins = await service.list_logins(principal)
    assert [login.device for login in logins] == ["Firefox on Linux"] * 2
    assert [login.is_current for login in logins].count(True) == 1


async def test_the_model_picked_last_is_remembered_for_its_person_only(migrated: Settings) -> None:
    ada = await principal_for(await join("ada", migrated), migrated)
    eve = await principal_for(await join("eve", migrated), migrated)
    await service.set_preferred_model(ada, "ollama/llama3")
    assert await service.get_preferred_model(ada) == "ollama/llama3"
    assert await service.get_preferred_model(eve) == ""
