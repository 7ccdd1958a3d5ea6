"""`python -m chatapp ratings`: what people think of their answers, for whoever runs chatapp."""

import json

import pytest
from sqlmodel import select

from chatapp.db import database
from chatapp.models import Message, Role
from chatapp.settings import Settings
from tests.cli import commanding
from tests.cli.commanding import command


async def rate_one() -> None:
    async with database.writing() as db:
        answer = (await db.exec(select(Message).where(Message.role == Role.ASSISTANT))).first()
        assert answer
        answer.rating, answer.rating_note = -1, "two\nlines"


def test_each_rated_answer_is_a_line_of_json(settled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("ratings") == 0
    assert capsys.readouterr().out == ""
    commanding.do(settled, rate_one)
    assert command("ratings") == 0
    [line] = capsys.readouterr().out.splitlines()
    rated = json.loads(line)
    assert (rated["rating"], rated["note"]) == (-1, "two\nlines")
    assert rated["username"]
    assert rated["model"]
