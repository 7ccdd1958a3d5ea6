"""`python -m chatapp sessions`: who is signed in, and who no longer is."""

from collections.abc import Iterator

import pytest
import structlog

from chatapp.accounts import sessions
from chatapp.settings import Settings
from tests.accounts.browsing import join
from tests.cli import commanding
from tests.cli.commanding import command

Output = pytest.CaptureFixture[str]


@pytest.fixture
def tokens(placed: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Ada and eve, each signed in; yields their tokens."""
    commanding.place(placed, monkeypatch)

    async def both() -> dict[str, str]:
        return {name: await join(name, placed) for name in ("ada", "eve")}

    yield commanding.do(placed, both)
    structlog.reset_defaults()


def is_signed_in(settings: Settings, token: str) -> bool:
    return commanding.do(settings, lambda: sessions.resolve(token, settings)) is not None


def handle_of(name: str, capsys: Output) -> str:
    """The first word of a person's line in the list."""
    assert command("sessions", "list", name) == 0
    return capsys.readouterr().out.split()[0]


def test_the_list_shows_who_and_where_and_nothing_that_signs_in(tokens: dict[str, str], capsys: Output) -> None:
    assert command("sessions", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[1] for line in lines) == ["ada", "eve"]
    assert all("Firefox on Linux" in line for line in lines)
    assert not any(token in line for token in tokens.values() for line in lines)


def test_one_login_is_ended_by_its_handle(placed: Settings, tokens: dict[str, str], capsys: Output) -> None:
    assert command("sessions", "end", handle_of("ada", capsys)) == 0
    assert capsys.readouterr().out == "ada is signed out there.\n"
    assert not is_signed_in(placed, tokens["ada"])
    assert is_signed_in(placed, tokens["eve"])


def test_a_person_is_signed_out_everywhere(placed: Settings, tokens: dict[str, str], capsys: Output) -> None:
    assert command("sessions", "end-all", "EVE") == 0
    assert capsys.readouterr().out == "EVE is signed out everywhere (1 login session).\n"
    assert not is_signed_in(placed, tokens["eve"])
    assert is_signed_in(placed, tokens["ada"])


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("end", "0"), "12 characters"),
        (("end", "0" * 12), "no such login session"),
        (("end-all", "nobody"), "no account"),
        (("list", "nobody"), "no account"),
    ],
)
def test_what_is_not_there_is_refused_in_words(arguments: tuple[str, ...], words: str, capsys: Output) -> None:
    assert command("sessions", *arguments) == 2
    assert words in capsys.readouterr().err
