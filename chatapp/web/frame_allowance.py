"""How much may be sent over websockets: a token bucket of bytes for each person, and each address of strangers.

Without one, somebody who sends without pause would keep the event loop of the process busy for everybody else. Nobody
is closed for it, only read more slowly: what a page sends is never lost. A new connection fills no bucket.
"""

from chatapp.token_bucket import TokenBuckets

BYTES_PER_SECOND = 500_000
BYTES_AT_ONCE = 2_500_000
"""How fast somebody may send for long, and how far ahead of that they may get: two of the longest questions."""

EVENT_BYTES = 5_000
"""What a frame costs besides its length: dealing with an event takes about as long as reading so much."""

CONNECTION_BYTES = 50_000
"""What a person's connection costs: the state behind it takes half of this in memory, for five minutes after its end.
That of a stranger goes with the connection, which costs no more than an event."""

SENT_SHARE = 4
"""What is sent to a sender counts too, by a quarter of its length: filling a long page again and again costs more than
as many short events."""


def allowances() -> TokenBuckets:
    """The allowances of all senders of this process, by any key."""
    return TokenBuckets(BYTES_PER_SECOND, BYTES_AT_ONCE)
