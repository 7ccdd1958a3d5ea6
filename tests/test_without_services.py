"""Which tests are `unit`, and that these start nothing."""

import os

import pytest


def is_marked(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("unit") is not None


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis", "cluster", "postgresql"])
def test_what_runs_on_a_server_is_no_unit_test(kind: str, request: pytest.FixtureRequest) -> None:
    assert is_marked(request) == (kind in {"memory", "sqlite"})


@pytest.mark.processes
def test_what_starts_processes_says_so_and_may(request: pytest.FixtureRequest) -> None:
    assert not is_marked(request)
    with os.popen("echo started") as output:
        assert output.read() == "started\n"


def test_a_unit_test_that_starts_a_process_fails(request: pytest.FixtureRequest) -> None:
    assert is_marked(request)
    with pytest.raises(AssertionError, match="starts a process"):
        os.popen("echo started")
