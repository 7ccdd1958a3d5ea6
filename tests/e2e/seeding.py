"""Rows written straight into the server's database: what would take a person months to ask for."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count, groupby

from playwright.sync_api import Page
from sqlalchemy import create_engine, insert
from sqlmodel import Session, SQLModel, col, select

from chatapp.clock import now
from chatapp.models import Conversation, Generation, Message, Role, Status, User
from tests.e2e.deployments import Deployment

MODEL = "demo/demo"
_serial = count()


def seed(server: Deployment, rows: Iterable[SQLModel]) -> None:
    """Write `rows`, parents before children, those of one table together."""
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        for table, of_table in groupby(rows, type):
            db.execute(insert(table), [row.model_dump() for row in of_table])  # much faster than tracked one by one
        db.commit()
    engine.dispose()


def person_id(server: Deployment, page: Page) -> str:
    """The id of whoever is signed in on `page`."""
    name = page.get_by_test_id("user-menu").inner_text().strip()
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        found = db.exec(select(User.id).where(col(User.username) == name)).one()
    engine.dispose()
    return found


def conversation_model(server: Deployment, conversation_id: str) -> str:
    """The key of the model that answers in a conversation."""
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        found = db.exec(select(Conversation.model).where(col(Conversation.id) == conversation_id)).one()
    engine.dispose()
    return found


def move_back(server: Deployment, conversation_id: str, *, seconds: float) -> None:
    """Have all answers of a conversation be asked for so much earlier."""
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        for asked in db.exec(select(Generation).where(col(Generation.conversation_id) == conversation_id)):
            asked.created_at -= timedelta(seconds=seconds)
            db.add(asked)
        db.commit()
    engine.dispose()


def conversation(owner_id: str, title: str, *, age_days: float = 0) -> Conversation:
    """An empty conversation, last used `age_days` ago."""
    used_at = now() - timedelta(days=age_days)
    first = f"seeded-{next(_serial)}"
    return Conversation(
        owner_id=owner_id,
        title=title,
        first_client_message_id=first,
        model=MODEL,
        created_at=used_at,
        updated_at=used_at,
    )


def exchange(conversation: Conversation, number: int) -> tuple[Message, Message, Generation]:
    """Question and answer `number` (from 0) at the end of `conversation`, which then shows them."""
    question = Message(
        conversation_id=conversation.id,
        parent_id=conversation.active_leaf_id,
        ordinal=2 * number,
        role=Role.USER,
        text=f"Question {number}",
        client_message_id=f"seeded-{number}",
    )
    answer = Message(
        conversation_id=conversation.id, parent_id=question.id, ordinal=2 * number + 1, role=Role.ASSISTANT
    )
    words = f"Answer {number} is long enough to fill more than a line of the column, **so that rows have a height**. "
    generation = Generation(
        conversation_id=conversation.id,
        message_id=answer.id,
        model=MODEL,
        status=Status.COMPLETED,
        text=words * 2,
        finished_at=now(),
    )
    conversation.active_leaf_id = answer.id
    return question, answer, generation


def long_conversation(owner_id: str, title: str, messages: int) -> list[SQLModel]:
    """A conversation of `messages` messages, half of them answers, as rows to seed."""
    made = conversation(owner_id, title)
    questions, answers, generations = zip(*(exchange(made, n) for n in range(messages // 2)), strict=True)
    in_order = [message for pair in zip(questions, answers, strict=True) for message in pair]
    return [made, *in_order, *generations]
