"""Who is asking: what every service takes first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person. `session_hash` names the login session that the request came with."""

    user_id: str
    username: str
    is_admin: bool
    session_hash: str
