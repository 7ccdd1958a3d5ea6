"""compose.yaml and the systemd units against `make stack`: the same programs, told the same, ended the same way."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from chatapp.connections import open_files
from deploy.stack.services import Ports, Program, postgres_folder, programs
from tests.rules.source_tree import ROOT
from tests.services.redis_server import RedisServer

PORTS = Ports(public=3000, redis=6379, postgres=5432, demo=8100, web=(3001, 3002))
DISTRIBUTION = {"redis", "postgres", "proxy"}
"""What systemd starts by units that the system's packages bring."""

ADDRESSES = {"CHATAPP_DATA_DIR", "CHATAPP_DATABASE_URL", "CHATAPP_PUBLIC_URL", "CHATAPP_REDIS_URL"}
"""Settings whose values are another deployment's own."""

Unit = dict[str, list[str]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """The programs of `make stack` by name, on the ports that the descriptions have."""
    folder = tmp_path_factory.mktemp("stack")
    yield {program.name: program for program in programs(ROOT, folder, PORTS, {})}
    shutil.rmtree(postgres_folder(folder), ignore_errors=True)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml."""
    return dict(yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"])


def unit(program: str) -> Unit:
    """The lines of the systemd unit of a program, by key. `web-1` is the instance 1 of a template."""
    name, dash, number = program.rpartition("-")
    is_instance = number.isdigit()
    file = f"chatapp-{name}@.service" if is_instance and dash else f"chatapp-{program}.service"
    return lines(ROOT / "deploy" / "systemd" / file, number if is_instance else "")


def lines(file: Path, instance: str = "") -> Unit:
    """The values of a unit or environment file by key, for one instance of it."""
    found: Unit = {}
    for line in file.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value.replace("%i", instance))
    return found


def essence(command: list[str]) -> set[str]:
    """What a command says apart from where programs and folders are."""
    return {part for part in command if "/" not in part and part not in {"-D", "-c", "python", "redis-server"}}


def seconds(text: str) -> int:
    """`20s` as a number."""
    return int(text.removesuffix("s"))


def own_settings(environment: dict[str, str]) -> dict[str, str]:
    """The settings that must be equal everywhere."""
    return {name: value for name, value in environment.items() if name not in ADDRESSES}


def test_containers_have_the_names_of_the_programs(stack: dict[str, Program], services: dict[str, Any]) -> None:
    assert set(services) == set(stack)


def test_containers_run_the_same_commands(stack: dict[str, Program], services: dict[str, Any]) -> None:
    for name, program in stack.items():
        told = {part for part in essence(program.command) if not part.startswith("unix_socket")}
        assert essence(services[name]["command"]) - {"caddy", "postgres"} == told - {"caddy", "postgres"}, name


def test_containers_end_as_the_programs_do(stack: dict[str, Program], services: dict[str, Any]) -> None:
    for name, program in stack.items():
        assert seconds(services[name]["stop_grace_period"]) == program.stop_seconds, name
        assert services[name]["stop_signal"] == f"SIG{program.stop_signal}", name
        assert services[name]["restart"] == "always", name


def test_containers_have_the_same_settings(stack: dict[str, Program], services: dict[str, Any]) -> None:
    for name, program in stack.items():
        told = {k: v for k, v in services[name].get("environment", {}).items() if not k.startswith(("OPENAI", "POSTG"))}
        assert set(told) == set(program.environment), name
        assert own_settings(told) == own_settings(dict(program.environment)), name


def test_units_run_the_same_commands_and_end_as_the_programs_do(stack: dict[str, Program]) -> None:
    for name in set(stack) - DISTRIBUTION:
        found = unit(name)
        assert found["ExecStart"][0].split()[1:] == stack[name].command[1:], name
        assert int(found["TimeoutStopSec"][0]) == stack[name].stop_seconds, name
        assert found["KillSignal"] == [f"SIG{stack[name].stop_signal}"], name
        assert found["Restart"] == ["always"], name


def test_web_processes_workers_and_proxy_may_have_enough_files_open(
    stack: dict[str, Program], services: dict[str, Any]
) -> None:
    assert services["proxy"]["ulimits"]["nofile"] == open_files.ENOUGH
    for name in ("web-1", "web-2", "worker-1", "worker-2"):
        assert name in stack
        assert services[name]["ulimits"]["nofile"] == open_files.ENOUGH, name
        assert unit(name)["LimitNOFILE"] == [str(open_files.ENOUGH)], name


def test_units_have_the_same_settings(stack: dict[str, Program]) -> None:
    common = {name: values[0] for name, values in lines(ROOT / "deploy" / "systemd" / "chatapp.env").items()}
    for name in ("web-1", "web-2", "worker-1", "worker-2"):
        found = unit(name)
        assert found["EnvironmentFile"] == ["/etc/chatapp.env"]
        told = common | dict(pair.split("=", 1) for pair in found.get("Environment", []))
        assert set(told) == set(stack[name].environment), name
        assert own_settings(told) == own_settings(dict(stack[name].environment)), name


def test_the_target_starts_every_web_process_and_worker(stack: dict[str, Program]) -> None:
    wanted = lines(ROOT / "deploy" / "systemd" / "chatapp.target")["Wants"][0].split()
    ours = {name for name in stack if name.startswith(("web-", "worker-"))}
    assert set(wanted) == {f"chatapp-{name.replace('-', '@')}.service" for name in ours}


def test_redis_in_a_container_answers_nobody_without_the_password(tmp_path: Path, services: dict[str, Any]) -> None:
    described = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    content = described["configs"]["redis"]["content"]
    (tmp_path / "redis.conf").write_text(content.replace("${REDIS_PASSWORD:?is not set}", "of-this-test"))
    assert services["redis"]["configs"][0]["target"] == services["redis"]["command"][1]
    server = RedisServer(tmp_path / "redis", config=tmp_path / "redis.conf", password="of-this-test")
    server.start()
    try:
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        server.stop()
    address = services["web-1"]["environment"]["CHATAPP_REDIS_URL"]
    assert address == "redis://:${REDIS_PASSWORD:?is not set}@127.0.0.1:6379/0"


def test_no_password_stands_in_a_command(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert not any("PASSWORD" in part for part in service["command"]), name
