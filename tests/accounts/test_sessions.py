"""A login session is as good as the database says at this moment."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from chatapp.accounts import sessions
from chatapp.clock import now
from chatapp.db import database
from chatapp.models import LoginSession, User
from chatapp.settings import Settings
from tests.accounts.browsing import join, principal_for, start_session
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def age(token: str, **values: object) -> None:
    """Move the moments of a login session into the past."""
    async with database.writing() as db:
        query = update(LoginSession).where(col(LoginSession.token_hash) == sessions.hash_token(token))
        await db.exec(query.values(**values))


async def seen_at(token: str) -> object:
    async with database.reading() as db:
        query = select(LoginSession.seen_at).where(LoginSession.token_hash == sessions.hash_token(token))
        return (await db.exec(query)).one()


async def test_a_token_leads_to_its_person(migrated: Settings) -> None:
    principal = await principal_for(await join("Ada", migrated), migrated)
    assert (principal.username, principal.is_admin) == ("Ada", True)


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "a" * 100_000, "\x00"])
async def test_any_other_token_leads_nowhere(migrated: Settings, token: str) -> None:
    await join("ada", migrated)
    assert await sessions.resolve(token, migrated) is None


async def test_the_token_itself_is_not_stored(migrated: Settings) -> None:
    token = await join("ada", migrated)
    async with database.reading() as db:
        assert token not in repr((await db.exec(select(LoginSession))).all())


async def test_a_session_runs_out_when_it_is_idle(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await age(token, seen_at=now() - timedelta(seconds=migrated.session_idle_seconds + 1))
    assert await sessions.resolve(token, migrated) is None


async def test_a_session_runs_out_at_last_however_busy_it_is(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await age(token, created_at=now() - timedelta(seconds=migrated.session_absolute_seconds + 1))
    assert await sessions.resolve(token, migrated) is None


async def test_what_a_person_does_keeps_a_session_alive_and_is_written_down_once_a_minute(migrated: Settings) -> None:
    token = await join("ada", migrated)
    principal, old = await principal_for(token, migrated), now() - timedelta(days=1)
    await age(token, seen_at=old)
    await sessions.note_use(principal, migrated)
    first = await seen_at(token)
    assert first > now() - timedelta(seconds=30)  # type: ignore[operator]
    await sessions.note_use(principal, migrated)
    assert await seen_at(token) == first


async def test_asking_who_somebody_is_does_not_keep_a_session_alive(migrated: Settings) -> None:
    token, old = await join("ada", migrated), now() - timedelta(days=1)
    await age(token, seen_at=old)
    await principal_for(token, migrated)
    assert await seen_at(token) == old


async def test_a_person_who_is_locked_out_elsewhere_is_out_within_two_seconds(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await principal_for(token, migrated)
    async with database.writing() as db:
        await db.exec(update(User).values(is_active=False))

    async def is_out() -> bool:
        return await sessions.resolve(token, migrated) is None

    await until(is_out, seconds=2)


async def test_a_session_that_this_process_ends_is_gone_at_once(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await principal_for(token, migrated)
    await sessions.end(token)
    assert await sessions.resolve(token, migrated) is None


async def test_an_ended_session_is_gone_and_the_others_stay(migrated: Settings) -> None:
    first = await join("ada", migrated)
    second = await start_session((await principal_for(first, migrated)).user_id, migrated)
    await sessions.end(first)
    assert await sessions.resolve(first, migrated) is None
    await principal_for(second, migrated)


async def test_ending_the_others_keeps_this_one_and_other_people(migrated: Settings) -> None:
    first, eve = await join("ada", migrated), await join("eve", migrated)
    principal = await principal_for(first, migrated)
    second = await start_session(principal.user_id, migrated)
    assert await sessions.end_others(principal) == 1
    assert await sessions.resolve(second, migrated) is None
    await principal_for(first, migrated)
    await principal_for(eve, migrated)


async def test_a_login_sweeps_away_what_has_run_out(migrated: Settings) -> None:
    token = await join("ada", migrated)
    await age(token, seen_at=now() - timedelta(days=400))
    await join("eve", migrated)
    async with database.reading() as db:
        assert len((await db.exec(select(LoginSession))).all()) == 1


async def test_the_session_survives_beside_a_cookie_that_the_standard_library_cannot_read(migrated: Settings) -> None:
    token = await join("ada", migrated)
    assert await sessions.resolve_cookies(f'x={{"a":1}}; chatapp_session={token}; y', migrated) is not None
    assert await sessions.resolve_cookies('x={"a":1}', migrated) is None
