"""Model servers of this machine are found by what they say, not by their port being open."""

import os
import socket
import sys
import time

import pytest

from chatapp import log
from chatapp.demo_model.server import DemoModel
from chatapp.providers.discovery import PROBE_SECONDS, find_local_servers
from chatapp.settings import Settings
from tests.providers.scripted_server import ScriptedServer

NOBODY = ("Nobody", 1)
PERSON, SERVICE = 4_321, 321


async def test_a_server_that_lists_models_is_found(demo: DemoModel, quick: Settings) -> None:
    port = int(demo.base_url.removesuffix("/v1").rpartition(":")[2])
    found = await find_local_servers(quick, (NOBODY, ("Ollama", port)))
    assert [(endpoint.name, endpoint.base_url) for endpoint in found] == [("Ollama", demo.base_url)]


async def test_some_other_program_on_the_port_is_not(server: ScriptedServer, quick: Settings) -> None:
    bodies: list[object] = [b"<html>", {"data": []}, {"object": "list", "data": None}, {"things": [{"id": "x"}]}]
    for body in bodies:
        server.responses.clear()
        server.will_send(body)
        assert await find_local_servers(quick, (("Ollama", server.port),)) == []


async def test_a_program_that_never_answers_delays_the_start_by_half_a_second(quick: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert await find_local_servers(quick, (("Ollama", silent.getsockname()[1]),)) == []
    assert PROBE_SECONDS <= time.monotonic() - started < PROBE_SECONDS + 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can listen as somebody else")
@pytest.mark.parametrize(("owner", "is_asked"), [(PERSON, False), (SERVICE, True)])
async def test_a_server_of_another_person_of_this_machine_is_not_asked(
    quick: Settings, owner: int, *, is_asked: bool
) -> None:
    theirs = DemoModel(shows_log=True)
    os.seteuid(owner)
    try:
        port = await theirs.start()
    finally:
        os.seteuid(0)
    found = await find_local_servers(quick, (("Ollama", port),))
    await theirs.close()
    assert bool(found) is is_asked


async def test_what_is_found_is_said_with_its_address(
    demo: DemoModel, quick: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", sys.stderr)
    port = int(demo.base_url.removesuffix("/v1").rpartition(":")[2])
    await find_local_servers(quick, (("Ollama", port),))
    log.configure("info", sys.__stderr__)  # or later tests would log to what this one captured
    assert f'"address": "http://127.0.0.1:{port}/v1"' in capsys.readouterr().err
