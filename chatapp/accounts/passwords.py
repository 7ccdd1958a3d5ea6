"""Passwords: argon2id hashes, and which new passwords are refused. Knows nothing of users or the database.

At most two hashes are computed at once, in threads of their own: each takes 19 MiB and 20 to 50 ms of CPU, so that an
unbounded flood of logins would take the whole machine.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatapp.accounts import usernames
from chatapp.accounts.common_passwords import COMMON_PASSWORDS
from chatapp.errors import Invalid

MIN_CHARACTERS = 8
"""ASVS 5.0 6.2.1."""

MAX_BYTES = 256
"""ASVS 5.0 6.2.9 asks for at least 64 characters; a bound keeps hashing time flat."""

HASHES_AT_ONCE = 2

DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$2cWWOBZ2XIldeOfVdntNEQ$hsxD8WJn177pM0inlwgGPjSj7XaPu82YT1GT+BaDvkY"
"""Verified for names that do not exist, so that they take as long. Must have the parameters of `_hasher` (a test)."""

_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)  # OWASP's minimum for argon2id, in KiB
_threads = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and parameters."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _bytes(password))


async def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password, exactly as received, belongs to the hash; never true for None, and not faster either."""
    matches = await asyncio.get_running_loop().run_in_executor(
        _threads, _matches, password_hash or DUMMY_HASH, _bytes(password)[:MAX_BYTES]
    )
    return matches and password_hash is not None and len(_bytes(password)) <= MAX_BYTES


def needs_rehash(password_hash: str) -> bool:
    """Whether a stored hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_new(password: str, username: str) -> None:
    """Refuse a new password that is too short, too long, common or the username. Raises Invalid."""
    if len(password) < MIN_CHARACTERS:
        raise Invalid("password_too_short", minimum=MIN_CHARACTERS)
    if len(_bytes(password)) > MAX_BYTES:
        raise Invalid("password_too_long")
    if password.casefold() in COMMON_PASSWORDS:
        raise Invalid("password_common")
    if usernames.key(password) == usernames.key(username):
        raise Invalid("password_is_username")


def _matches(password_hash: str, password: bytes) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
