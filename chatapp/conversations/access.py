"""Who may read a conversation and who may change it. Every query that a person can reach has one of the two."""

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col

from chatapp.models import Conversation


def may_read(user_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """Whether this person may see the conversation, what was said in it, and what happens there."""
    return col(Conversation.owner_id) == user_id


def may_change(user_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """Whether this person may ask and stop in it, rename and delete it."""
    return col(Conversation.owner_id) == user_id
