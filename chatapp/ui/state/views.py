"""What the page is shown beside messages: small frozen rows of the sidebar and the model picker."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConversationRow:
    """One line of the sidebar. `heading` is set on the first row of each group."""

    id: str
    title: str
    heading: str = ""
    is_pinned: bool = False


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
