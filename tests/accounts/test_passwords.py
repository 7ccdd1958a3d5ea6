"""Hashing, and which new passwords are refused."""

import pytest
from argon2 import PasswordHasher

from chatapp.accounts import passwords
from chatapp.errors import Invalid


@pytest.mark.parametrize("password", ["1234567", "password1", "PassWord1", "adalovelace", "AdaLovelace", "x" * 257])
def test_short_common_huge_and_eponymous_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check_new(password, "adalovelace")


@pytest.mark.parametrize("password", ["correct horse battery", " leading and trailing ", "пароль из слов", "x" * 256])
def test_long_ones_are_fine_whatever_they_are_made_of(password: str) -> None:
    passwords.check_new(password, "ada")


def test_the_hash_for_unknown_names_costs_what_the_others_cost() -> None:
    assert not passwords.needs_rehash(passwords.DUMMY_HASH)


def test_a_hash_made_with_other_parameters_is_outdated() -> None:
    assert passwords.needs_rehash(PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash("x"))


@pytest.mark.asyncio
async def test_a_password_is_verified_exactly_as_received() -> None:
    made = await passwords.hash_password(" Secret words ")
    assert await passwords.verify(" Secret words ", made)
    assert not await passwords.verify("Secret words", made)
    assert not await passwords.verify(" secret words ", made)


@pytest.mark.asyncio
async def test_nobody_and_nonsense_match_nothing() -> None:
    assert not await passwords.verify("anything", None)
    assert not await passwords.verify("anything", "not a hash")
    assert not await passwords.verify("\ud800", None)
    assert not await passwords.verify("x" * 257, await passwords.hash_password("x" * 256))
