"""What the page is shown: small frozen rows made from domain data, never the rows of the database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageView:
    """One finished message of the shown path. `raw` is the stored text, only where the shown text differs from it.
    `sources` is markdown."""

    id: str
    role: str
    text: str
    status: str = "completed"
    raw: str = ""
    error: str = ""
    note: str = ""
    sources: str = ""
    version: int = 1
    versions: int = 1
    previous_id: str = ""
    next_id: str = ""
    has_reasoning: bool = False
    can_continue: bool = False


@dataclass(frozen=True)
class ConversationRow:
    """One line of the sidebar. `heading` is set on the first row of each date group."""

    id: str
    title: str
    heading: str = ""


@dataclass(frozen=True)
class ModelOption:
    """One line of the model picker: a model, or with an empty `key` a line that only says something.

    `heading` names the endpoint on its first line. `note` says why there is no model, `error` why it is down.
    """

    key: str = ""
    name: str = ""
    heading: str = ""
    note: str = ""
    error: str = ""
