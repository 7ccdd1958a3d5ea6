"""People for the tests of accounts, and reading what a redirect carries."""

import httpx

from chatapp.accounts import flash, queries, sessions, signup
from chatapp.accounts.flash import Flash
from chatapp.accounts.principal import Principal
from chatapp.accounts.visitor import Visitor
from chatapp.db import database
from chatapp.settings import Settings

OWN_ORIGIN = "http://localhost:3000"
PASSWORD = "correct horse battery"
VISITOR = Visitor("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


async def join(username: str, settings: Settings) -> str:
    """Make an account with PASSWORD, whatever the sign-up setting says, and sign it in; returns the token."""
    user = await signup.create_user(username, PASSWORD)
    return await start_session(user.id, settings)


async def start_session(user_id: str, settings: Settings) -> str:
    """Sign a person in without typing anything; returns the token."""
    async with database.writing() as db:
        user = await queries.find_user(db, user_id)
        assert user is not None
        return await sessions.create(db, user, VISITOR.user_agent, settings)


async def principal_for(token: str, settings: Settings) -> Principal:
    """Who a token belongs to, which must be somebody."""
    principal = await sessions.resolve(token, settings)
    assert principal is not None
    return principal


def flash_of(response: httpx.Response, settings: Settings) -> Flash:
    """The message that a redirect carries."""
    message = flash.loads(response.cookies["chatapp_flash"], settings)
    assert message is not None
    return message
