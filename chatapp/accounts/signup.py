"""Making accounts: who may, and what of two people who are first at the same moment."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from chatapp import limits
from chatapp.accounts import passwords, queries, sessions, usernames
from chatapp.accounts.visitor import Visitor
from chatapp.db import database
from chatapp.errors import Conflict, Forbidden, Invalid
from chatapp.log import get_logger
from chatapp.models import User
from chatapp.settings import Settings

SETUP_CODE_BYTES = 5
"""40 bits, read from a terminal and typed once; sign-ups are limited to some ten in three minutes and address."""

FOUNDER = 1

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the sign-up page may offer: nothing, the first account (perhaps only with a code), or any account."""

    is_open: bool
    is_first: bool
    needs_code: bool


def setup_code(settings: Settings) -> str:
    """The code for the first sign-up, printed at start; the same until the secret changes."""
    digest = hmac.new(settings.secret_bytes, b"setup code", hashlib.sha256).digest()
    code = base64.b32encode(digest[:SETUP_CODE_BYTES]).decode()
    return f"{code[:4]}-{code[4:]}"


@database.retries
async def offer(settings: Settings) -> Offer:
    """What the sign-up page may offer now."""
    async with database.reading() as db:
        is_first = not await queries.has_users(db)
    is_open = settings.signup == "open" or (settings.signup == "first" and is_first)
    return Offer(is_open, is_first, is_open and is_first and settings.listens_beyond_loopback)


async def sign_up(username: str, password: str, code: str, visitor: Visitor, settings: Settings) -> str:
    """Make an account and sign in; returns the token of the login session.

    The first account becomes the administrator. Raises Invalid (name, password or code), Forbidden when sign-up is
    closed or somebody else was first, Conflict, and TooMany.
    """
    await limits.check("signup", settings.login_limit, visitor.address)
    offered = await offer(settings)
    if not offered.is_open:
        raise Forbidden("signup_closed")
    if offered.needs_code and not _is_setup_code(code, settings):
        raise Invalid("wrong_setup_code")
    user = await create_user(username, password, only_as_first=settings.signup == "first")
    async with database.writing() as db:
        return await sessions.create(db, user, visitor.user_agent, settings)


async def create_user(username: str, password: str, *, only_as_first: bool = False, is_admin: bool = False) -> User:
    """Make an account; the first one becomes the administrator whatever `is_admin` says.

    Raises Invalid for a name that is taken or not allowed and for a bad password; Forbidden with `only_as_first` when
    there is an account already; Conflict when two were first and one may try again.
    """
    name = usernames.clean(username)
    passwords.check_new(password, name)
    password_hash = await passwords.hash_password(password)
    for _ in range(2):  # the second time only for whoever met the very first account on its way in
        user = User(username=name, username_key=usernames.key(name), password_hash=password_hash, is_admin=is_admin)
        try:
            return await _insert(user, only_as_first=only_as_first)
        except IntegrityError as error:
            await _refuse_taken(user.username_key, error)
    raise Conflict("signup_collision")


async def _insert(user: User, *, only_as_first: bool) -> User:
    async with database.writing() as db:
        if not await queries.has_users(db):
            user.founder, user.is_admin = FOUNDER, True
        elif only_as_first:
            raise Forbidden("signup_first_taken")
        db.add(user)
    logger.info("account made", user_id=user.id, is_admin=user.is_admin)
    return user


async def _refuse_taken(username_key: str, error: IntegrityError) -> None:
    async with database.reading() as db:
        if await queries.find_user_by_key(db, username_key) is not None:
            raise Invalid("username_taken") from error


def _is_setup_code(code: str, settings: Settings) -> bool:
    typed = code.replace("-", "").replace(" ", "").upper()
    return hmac.compare_digest(typed.encode(), setup_code(settings).replace("-", "").encode())
