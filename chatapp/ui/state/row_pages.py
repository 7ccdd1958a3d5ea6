"""Cutting the sidebar's list into pages that stay as they are where nothing changes. Pure mapping."""

from collections.abc import Sequence

from chatapp.ui.state.views import ConversationRow

PAGE_ROWS = 50
OLDER_ROWS = 250
"""How many rows the list opens with, and how many come at a time when its end is near."""


def split(
    rows: Sequence[ConversationRow], shown: Sequence[Sequence[ConversationRow]], pages_max: int
) -> list[list[ConversationRow]]:
    """The pages of `rows`, in order and at most so many. `shown` are those of before.

    A page begins where it began, even when a conversation that changed has left it for the top of the list: else the
    rows of all pages in between would move on by one, and be sent again.
    """
    starts = _starts_again(rows, shown[:pages_max])
    while len(starts) < pages_max:
        page = len(starts) - 1
        capacity = OLDER_ROWS if page else PAGE_ROWS
        end = starts[-1] + max(capacity, len(shown[page]) if page < len(shown) else 0)
        if end >= len(rows):
            break
        starts.append(end)
    return [list(rows[start:end]) for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)]


def _starts_again(rows: Sequence[ConversationRow], shown: Sequence[Sequence[ConversationRow]]) -> list[int]:
    places = {row.id: place for place, row in enumerate(rows)}
    starts = [0]
    for page in shown[1:]:
        start = next((places[row.id] for row in page if places.get(row.id, 0) > starts[-1]), None)
        if start is not None:
            starts.append(start)
    return starts
