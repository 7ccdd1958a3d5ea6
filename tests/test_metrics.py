"""The metrics: what they count, that their labels stay few, and who may see them."""

from collections.abc import Callable

import httpx2
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from chatapp import health, metrics
from chatapp import settings as settings_module
from chatapp.settings import Settings
from tests.services.real_server import free_port

TOKEN = "a token for the monitoring"
HOME, AWAY = "127.0.0.1", "203.0.113.7"


def figure(name: str, **labels: str) -> float:
    """The present value of a series; 0 before anything was counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def use(settings: Settings, **changes: object) -> None:
    settings_module.use(Settings(_env_file=None, data_dir=settings.data_dir, **changes))  # type: ignore[arg-type]


async def ask(peer: str = HOME, host: str = "localhost:3000", **headers: str) -> httpx2.Response:
    """Ask for the metrics over HTTP, coming from the address `peer`."""
    transport = httpx2.ASGITransport(app=Starlette(routes=health.ROUTES), client=(peer, 40000))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers={"host": host, **named})


async def test_this_machine_sees_the_metrics(settings: Settings) -> None:
    answer = await ask()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "chatapp_queue_depth" in answer.text


@pytest.mark.parametrize("headers", [{}, {"x_forwarded_for": HOME}, {"x_forwarded_for": f"{HOME}, {HOME}"}])
async def test_another_machine_does_not_whatever_it_claims(settings: Settings, headers: dict[str, str]) -> None:
    answer = await ask(peer=AWAY, **headers)
    assert answer.status_code == 403
    assert "CHATAPP_METRICS_TOKEN" in answer.text


@pytest.mark.parametrize("host", ["chat.example.org", "127.0.0.1.example.org", ""])
async def test_a_public_name_is_no_request_of_this_machine(settings: Settings, host: str) -> None:
    assert (await ask(host=host)).status_code == 403


@pytest.mark.parametrize(
    ("hops", "forwarded_for", "status"),
    [
        (0, HOME, 403),  # a proxy that nobody configured
        (1, AWAY, 403),
        (1, f"{HOME}, {AWAY}", 403),  # the left part is what the visitor wrote
        (1, HOME, 200),
        (2, HOME, 403),  # too short: the request did not pass both proxies
        (2, f"{AWAY}, {HOME}", 403),
        (2, f"{HOME}, {AWAY}", 200),
        (1, "", 403),
    ],
)
async def test_behind_a_proxy_the_visitor_counts(
    settings: Settings, hops: int, forwarded_for: str, status: int
) -> None:
    use(settings, trusted_proxy_hops=hops)
    assert (await ask(x_forwarded_for=forwarded_for)).status_code == status


@pytest.mark.parametrize("header", ["forwarded", "x_real_ip", "via"])
async def test_any_trace_of_an_unknown_proxy_refuses(settings: Settings, header: str) -> None:
    assert (await ask(**{header: HOME})).status_code == 403


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"authorization": f"Bearer {TOKEN}"}, 200),
        ({"authorization": f"Bearer {TOKEN}x"}, 403),
        ({"authorization": TOKEN}, 403),
        ({}, 403),
    ],
)
@pytest.mark.parametrize("peer", [HOME, AWAY])
async def test_where_there_is_a_token_it_alone_counts(
    settings: Settings, peer: str, sent: dict[str, str], status: int
) -> None:
    use(settings, metrics_token=TOKEN)
    assert (await ask(peer=peer, host="chat.example.org", **sent)).status_code == status


def test_an_end_counts_its_state_and_its_tokens() -> None:
    def present() -> tuple[float, float, float]:
        return (
            figure("chatapp_generations_total", status="completed"),
            figure("chatapp_tokens_total", kind="prompt"),
            figure("chatapp_tokens_total", kind="completion"),
        )

    before = present()
    metrics.generation_ended("completed", 12, 7)
    metrics.generation_ended("completed")
    assert [after - old for after, old in zip(present(), before, strict=True)] == [2, 12, 7]


@pytest.mark.parametrize(
    ("count", "name"),
    [
        (lambda: metrics.first_part(0.2), "chatapp_first_part_seconds_count"),
        (lambda: metrics.flushed(0.05), "chatapp_flushes_total"),
        (metrics.redis_failed, "chatapp_redis_errors_total"),
        (metrics.database_failed, "chatapp_database_errors_total"),
    ],
)
def test_each_figure_counts_one(count: Callable[[], None], name: str) -> None:
    before = figure(name)
    count()
    assert figure(name) == before + 1


def test_the_lag_is_told_apart_by_where_the_text_is() -> None:
    def present() -> list[float]:
        return [figure("chatapp_part_lag_seconds_count", stage=stage) for stage in ("log", "flush")]

    before = present()
    metrics.logged(0.01)
    metrics.flushed(0.05)
    assert present() == [count + 1 for count in before]


def test_a_checkpoint_is_timed_and_the_queue_is_as_deep_as_was_said() -> None:
    before = figure("chatapp_checkpoint_seconds_count")
    with metrics.checkpoint():
        metrics.queue_depth(3)
    assert figure("chatapp_checkpoint_seconds_count") == before + 1
    assert figure("chatapp_queue_depth") == 3


def test_an_open_page_counts_while_it_is_open_also_when_it_fails() -> None:
    before = figure("chatapp_followers")

    def open_and_fail() -> None:
        with metrics.following():
            assert figure("chatapp_followers") == before + 1
            raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        open_and_fail()
    assert figure("chatapp_followers") == before


def test_a_process_without_pages_serves_them_on_loopback() -> None:
    assert metrics.serve(0) is None
    port = free_port()
    served = metrics.serve(port)
    assert served is not None
    server, thread = served
    try:
        assert server.server_address[0] == HOME
        assert "chatapp_flushes_total" in httpx2.get(f"http://{HOME}:{port}/metrics").text
        with pytest.raises(OSError, match="in use"):
            metrics.serve(port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
