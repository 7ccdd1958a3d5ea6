"""Which tests need nothing but Python: no browser, no server beside the test's own process, no other process.

They are marked `unit`, and `make unit` runs them. What a test needs is read from its folder, its fixtures, its
parameters and what its module imports; what cannot be read there is marked `processes`. A process that a `unit` test
starts all the same fails it.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

FOLDERS = frozenset({"attacks", "e2e", "faults", "real_servers"})
"""All of it runs against whole deployments."""

FIXTURES = frozenset({"browser", "redis_server", "own_redis", "cluster_server", "own_cluster", "postgres_server"})
"""Fixtures that are servers or a browser; whatever asks for one of them through another fixture has it too."""

PARAMETERS = frozenset({"cluster", "postgresql", "redis"})
"""Kinds of databases and event logs that are servers."""

SERVICES = "tests.services."


def is_unit(item: pytest.Item) -> bool:
    """Whether the test runs in the process of pytest alone."""
    return not (
        FOLDERS.intersection(item.path.parts)
        or FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or PARAMETERS.intersection(_parameters(item))
        or _imports_processes(item)
        or any(item.get_closest_marker(name) for name in ("alone", "processes"))
    )


@contextmanager
def processes_refused() -> Iterator[None]:
    """Fail whatever starts a process meanwhile."""

    def refuse(command: object, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError(f"A test that is marked `unit` starts a process: {command}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        yield


def _parameters(item: pytest.Item) -> set[str]:
    callspec = getattr(item, "callspec", None)
    return {value for value in callspec.params.values() if isinstance(value, str)} if callspec else set()


def _imports_processes(item: pytest.Item) -> bool:
    """Whether the module of the test has `subprocess`, or the class of a server, among its names."""
    imported = vars(getattr(item, "module", pytest)).values()
    return any(one is subprocess or (isinstance(one, type) and one.__module__.startswith(SERVICES)) for one in imported)
