"""The pages of the sidebar's list: all rows, in order, and what did not change stays what it was."""

from hypothesis import given
from hypothesis import strategies as st

from chatapp.ui.state.row_pages import OLDER_ROWS, PAGE_ROWS, split
from chatapp.ui.state.views import ConversationRow

PAGES = 21
ROWS = [ConversationRow(str(number), f"Chat {number}") for number in range(PAGE_ROWS + 3 * OLDER_ROWS)]

numbered = st.lists(st.integers(0, 400), unique=True).map(lambda ids: [ConversationRow(str(one), "") for one in ids])


def lengths(pages: list[list[ConversationRow]]) -> list[int]:
    return [len(page) for page in pages]


def opened(count: int) -> list[list[ConversationRow]]:
    """The pages of a list whose first `count` rows were loaded, page by page."""
    pages: list[list[ConversationRow]] = []
    for end in range(PAGE_ROWS, count + 1, OLDER_ROWS):
        pages = split(ROWS[:end], pages, PAGES)
    return pages


@given(rows=numbered, before=st.lists(numbered, max_size=4), pages_max=st.integers(1, 6))
def test_the_pages_are_the_list_whatever_was_shown_before(
    rows: list[ConversationRow], before: list[list[ConversationRow]], pages_max: int
) -> None:
    pages = split(rows, before, pages_max)
    assert [row for page in pages for row in page] == rows
    assert 0 < len(pages) <= pages_max


def test_what_comes_at_the_end_is_a_page_of_its_own() -> None:
    assert lengths(opened(len(ROWS))) == [PAGE_ROWS, OLDER_ROWS, OLDER_ROWS, OLDER_ROWS]
    assert lengths(split(ROWS[:20], [], PAGES)) == [20]
    assert lengths(split(ROWS[:21], [ROWS[:20]], PAGES)) == [21]


def test_a_conversation_that_comes_to_the_top_changes_the_page_it_leaves_and_the_first() -> None:
    before = opened(len(ROWS))
    for place in (PAGE_ROWS + OLDER_ROWS, PAGE_ROWS + OLDER_ROWS + 7):  # the first of its page, and one in it
        after = split([ROWS[place], *ROWS[:place], *ROWS[place + 1 :]], before, PAGES)
        assert [page == earlier for page, earlier in zip(after, before, strict=True)] == [False, True, False, True]


def test_a_page_whose_rows_are_all_gone_leaves_the_others_as_they_are() -> None:
    before = opened(len(ROWS))
    after = split([*before[0], *before[2], *before[3]], before, PAGES)
    assert after == [before[0], before[2], before[3]]


def test_the_last_page_takes_what_the_others_leave() -> None:
    assert lengths(split(ROWS, [], 2)) == [PAGE_ROWS, 3 * OLDER_ROWS]
