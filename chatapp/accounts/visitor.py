"""Who is at the door before anybody is signed in: what limits count and what the list of sessions shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """`address` is what limits count; `user_agent` is what the browser says of itself."""

    address: str
    user_agent: str = ""
