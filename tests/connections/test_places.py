"""The places of a process: how many, whose, and given back."""

import resource

import pytest

from chatapp.connections import open_files
from chatapp.connections.places import ADDRESS_MAX, FILES_KEPT_FREE, TOTAL_MAX, Places, how_many


def test_a_place_is_given_back_once() -> None:
    places, connection = Places(2, 1), object()
    assert places.enter(connection, "a")
    assert not places.enter(object(), "a")
    places.leave(connection)
    places.leave(connection)
    assert places.taken == 0
    assert places.enter(object(), "a")
    assert places.enter(object(), "b")
    assert not places.enter(object(), "c")


@pytest.mark.parametrize(("files", "total", "one"), [(1_024, 768, 576), (4_096, 3_840, 1_000), (100, 1, 1)])
def test_a_process_with_few_files_keeps_some_free_and_leaves_a_share_to_others(
    files: int, total: int, one: int
) -> None:
    assert how_many(files) == (total, one)
    assert total <= max(1, files - FILES_KEPT_FREE)


def test_fifty_people_with_ten_tabs_each_behind_one_address_have_places() -> None:
    assert how_many(65_536) == (TOTAL_MAX, ADDRESS_MAX)
    assert ADDRESS_MAX >= 50 * 10 + 50 * 6


def test_the_limit_of_open_files_is_raised_to_what_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 512), hard))
    try:
        assert open_files.raise_limit() == min(hard, open_files.ENOUGH)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
