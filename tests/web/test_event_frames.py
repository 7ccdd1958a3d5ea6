"""The frames of the page pass; nothing that is nearly one does. The attacks on a real server are in tests/e2e."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext
from starlette.types import Message, Receive, Scope, Send

from chatapp.ui.pages import chat, login, settings, signup  # noqa: F401 - a page registers the states it uses
from chatapp.web.event_frames import CLOSE_POLICY, CheckFrames, read_frame
from chatapp.web.frame_allowance import BYTES_AT_ONCE, BYTES_PER_SECOND, CONNECTION_BYTES, EVENT_BYTES, SENT_SHARE
from chatapp.web.reflex_names import HYDRATE, handler_name
from chatapp.web.visitors import VISITOR, SocketVisitor
from tests.e2e.hostile_frames import HANDLERS, Victim, unusable_frames
from tests.e2e.socket_client import SEND, at, handler
from tests.waiting import until

VICTIM = Victim("chatapp_session=hers", "token", "conversation", "message")
FORM = {"form": {"__reflex_form_data__": [["text", "x"], ["client_message_id", "1"]]}}


def event(name: str, payload: object, place: object) -> str:
    return json.dumps(["event", {"name": name, "payload": payload, "router_data": place}])


def usable(frame: str | bytes) -> bool:
    return isinstance(frame, str) and read_frame(frame, RegistrationContext.get()) is not None


@pytest.mark.parametrize(
    "frame",
    [
        *("2", "3", "40/_event,", "41/_event,"),
        f"40/_event,{json.dumps({'event': {'name': HYDRATE, 'payload': {}, 'router_data': at('/')}, 'schema': 'x'})}",
        f"42/_event,{event(SEND, FORM, at('/c/1?a=b#c'))}",
        f"42/_event,{event(SEND, FORM, {'pathname': '/c/é', 'asPath': '/c/é', 'query': {'requested_id': 'é'}})}",
        f"42/_event,{event(SEND, FORM, {})}",
        '42/_event,["client_error",{"message":"x","error_type":"y"}]',
        *(f"42/_event,{event(name, dict.fromkeys(names, 1), at('/'))}" for name, names in HANDLERS.items()),
        f"40/_event,{json.dumps({'event': {'name': HYDRATE, 'payload': {'hashes': ['f00d'] * 40}}})}",
    ],
)
def test_what_the_page_sends_is_usable(frame: str) -> None:
    assert usable(frame)


@pytest.mark.parametrize("frame", list(unusable_frames(VICTIM)), ids=lambda frame: str(frame[:60]))
def test_what_no_page_sends_is_not_usable(frame: str | bytes) -> None:
    assert not usable(frame)


async def conversation(
    frames: list[Message],
    take: Callable[[Receive, Send], Any],
    query: bytes = b"token=t&EIO=4&transport=websocket",
    check: CheckFrames | None = None,
    visitor: SocketVisitor = SocketVisitor("ada", is_stranger=False),  # noqa: B008 - it is frozen
) -> list[Message]:
    """What a browser gets that connects with `query` and sends `frames` to an app that does `take`."""
    sent: list[Message] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await take(receive, send)

    async def receive() -> Message:
        return frames.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/_event/",
        "query_string": query,
        VISITOR: visitor,
    }
    await (check or CheckFrames())(app)(scope, receive, send)
    return sent


async def test_the_app_hears_of_an_unusable_frame_as_the_end_and_can_say_nothing_more() -> None:
    heard: list[Message] = []

    async def take(receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive(), await receive()])
        await send({"type": "websocket.send", "text": "too late"})

    frames: list[Message] = [{"type": "websocket.connect"}]
    frames += [{"type": "websocket.receive", "text": text} for text in ("3", "x")]
    sent = await conversation(frames, take)
    assert [message["type"] for message in heard] == ["websocket.connect", "websocket.receive", "websocket.disconnect"]
    assert sent == [{"type": "websocket.close", "code": CLOSE_POLICY}]


async def test_a_connection_without_a_client_token_is_refused_before_the_app_hears_of_it() -> None:
    heard: list[Message] = []

    async def take(receive: Receive, _send: Send) -> None:
        heard.append(await receive())

    good = b"token=t&EIO=4&transport=websocket"
    for query in (b"", good[8:], good[:-10], good + b"&sid=x", good + b"&j=1", good + b"&EIO=3", b"token=" + good[7:]):
        sent = await conversation([{"type": "websocket.connect"}], take, query)
        assert sent == [{"type": "websocket.close", "code": CLOSE_POLICY}]
    assert not heard


async def test_who_sends_without_pause_is_read_more_slowly_on_all_connections_and_loses_nothing() -> None:
    check, number = CheckFrames(), (BYTES_AT_ONCE - 2 * CONNECTION_BYTES) // EVENT_BYTES

    async def take(receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    frames: list[Message] = [{"type": "websocket.receive", "text": "3"} for _ in range(number)]
    end: Message = {"type": "websocket.disconnect"}
    await conversation([{"type": "websocket.connect"}, *frames, end], take, check=check)
    started = time.monotonic()
    more = frames[: BYTES_PER_SECOND // EVENT_BYTES]
    assert await conversation([{"type": "websocket.connect"}, *more, end], take, check=check) == []
    assert time.monotonic() - started >= 0.4


async def test_who_is_refused_is_not_charged_and_delays_nobody_behind_the_same_address() -> None:
    check, stranger = CheckFrames(), SocketVisitor("192.0.2.7", is_stranger=True)

    async def take(receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    started = time.monotonic()
    for text in ("x" * 1_400_000, "x" * 16_000) * 100:
        frames: list[Message] = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": text}]
        assert len(await conversation(frames, take, check=check, visitor=stranger)) == 1
    frames = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "3"}]
    frames.append({"type": "websocket.disconnect"})
    assert await conversation(frames, take, check=check, visitor=stranger) == []
    assert time.monotonic() - started < 10


async def test_who_goes_before_the_turn_leaves_nothing_and_is_not_charged() -> None:
    check, heard = CheckFrames(), []

    async def take(receive: Receive, _send: Send) -> None:
        heard.append((await receive())["type"])

    connect: Message = {"type": "websocket.connect"}
    allowed = BYTES_AT_ONCE // CONNECTION_BYTES
    started = time.monotonic()
    for _ in range(allowed + 1_000):  # for the last thousand, one after the other, the turn would come after 100 s
        await conversation([connect, {"type": "websocket.disconnect"}], take, check=check)
    assert time.monotonic() - started < 10
    assert allowed <= len(heard) < allowed + 500


async def test_a_closed_page_is_noticed_at_the_next_send_even_while_its_frames_wait_for_their_allowance() -> None:
    check, owed = CheckFrames(), BYTES_AT_ONCE + 100 * BYTES_PER_SECOND
    heard: list[Message] = [{"type": "websocket.receive", "text": "3"}, {"type": "websocket.connect"}]

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        check.allowances.of("ada", moment := time.monotonic()).take(owed, moment)
        waiting = asyncio.ensure_future(receive())
        await until(has_come, what="the frame")
        assert not waiting.done()
        with pytest.raises(ConnectionResetError):
            await send({"type": "websocket.send", "text": "x"})
        assert (await waiting)["type"] == "websocket.disconnect"

    async def receive() -> Message:
        return heard.pop()

    async def has_come() -> bool:
        return not heard

    async def send(_message: Message) -> None:
        raise ConnectionResetError

    visitor = SocketVisitor("ada", is_stranger=False)
    scope = {"type": "websocket", "path": "/_event/", "query_string": b"token=t&EIO=4&transport=websocket"}
    async with asyncio.timeout(10):
        await check(app)({**scope, VISITOR: visitor}, receive, send)


async def test_nothing_is_let_through_to_an_app_that_has_ended() -> None:
    check, heard = CheckFrames(), []

    async def take(receive: Receive, _send: Send) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    frames: list[Message] = [{"type": "websocket.receive", "text": "3"}, {"type": "websocket.disconnect"}]
    with check.passing():
        await conversation(frames[:], take, check=check)
    await conversation([*frames, frames[1]], take, check=check)
    assert heard == ["websocket.receive", "websocket.disconnect", "websocket.disconnect", "websocket.disconnect"]


async def test_who_asks_for_much_again_and_again_is_read_more_slowly() -> None:
    check, page = CheckFrames(), "x" * 400_000
    number = (BYTES_AT_ONCE - CONNECTION_BYTES) // (len(page) // SENT_SHARE + EVENT_BYTES)

    async def fill(receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": page})

    demands: list[Message] = [{"type": "websocket.receive", "text": "3"} for _ in range(number + 1)]
    end: Message = {"type": "websocket.disconnect"}
    started = time.monotonic()
    sent = await conversation([{"type": "websocket.connect"}, *demands, end], fill, check=check)
    assert len(sent) == number + 2
    assert time.monotonic() - started >= 0.1


def test_a_long_frame_is_refused_before_it_is_parsed() -> None:
    event = f'["event",{{"name":"{HYDRATE}","payload":{{}},"router_data":{{}}}}'
    assert usable(f"42/_event,{event}]")
    assert not usable(f"42/_event,{event}{' ' * 1_500_000}]")


def test_an_event_with_fields_of_its_own_is_not_usable() -> None:
    assert not usable(f'42/_event,["event",{{"name":"{HYDRATE}","payload":{{}},"more":"x"}}]')


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (HYDRATE, {"vars": {"no.such.variable": "x"}}),
        (handler_name("chatapp.web.page_errors.ErrorState", "show"), {"words": "x"}),
        (handler("models.ModelsState", "load"), {}),
    ],
)
def test_what_only_follows_other_handlers_and_what_no_page_keeps_is_not_usable(
    name: str, payload: Mapping[str, object]
) -> None:
    assert name in RegistrationContext.get().event_handlers
    assert not usable(f"42/_event,{event(name, payload, at('/'))}")


def test_only_what_somebody_types_may_be_long_and_only_of_somebody_known() -> None:
    registration, text = RegistrationContext.get(), "x" * 190_000
    send = f"42/_event,{event(SEND, {'form': {'__reflex_form_data__': [['text', text]]}}, at('/'))}"
    draft = {"text": text, "client_message_id": "1", "conversation_id": ""}
    assert usable(send)
    assert usable(f"42/_event,{event(handler('composer.composer_state', 'save_draft'), draft, at('/'))}")
    assert read_frame(send, registration, is_stranger=True) is None
    assert not usable(f"42/_event,{event(handler('models.ModelsState', 'select'), {'key': text}, at('/'))}")
    assert not usable(f'42/_event,["client_error",{{"message":"{text}"}}]')
    twice = send.replace('"payload"', f'"name": "{HYDRATE}", "payload"', 1)
    assert not usable(twice)


@pytest.mark.parametrize("part", ["[],", "1,", '{"a":1},', '"",'])
def test_a_long_frame_that_would_take_long_to_parse_is_refused(part: str) -> None:
    beginning = f'42/_event,["event",{{"name":"{SEND}","payload":{{"form":['
    assert usable(f"{beginning}{part * 100}1]}}}}]")
    started = time.monotonic()
    assert not usable(f"{beginning}{part * (1_400_000 // len(part))}1]}}}}]")
    assert time.monotonic() - started < 0.1


@pytest.mark.parametrize("actions", [5, [], {"more": 1}, {"debounce": "x"}, {"throttle": {}}])
def test_an_event_with_actions_that_no_page_has_is_not_usable(actions: object) -> None:
    fields = {"name": HYDRATE, "payload": {}, "event_actions": actions}
    assert not usable(f"42/_event,{json.dumps(['event', fields])}")
    fields["event_actions"] = {"debounce": 500, "preventDefault": True}
    assert usable(f"42/_event,{json.dumps(['event', fields])}")


def test_of_an_address_only_what_a_page_says_reaches_the_app() -> None:
    place = at("/" + "c" * 3_000, query={"a": "b" * 3_000}, headers={"cookie": "forged"}, more="x" * 100)
    for frame in (
        f"42/_event,{event(HYDRATE, {}, place)}",
        f"40/_event,{json.dumps({'event': {'name': HYDRATE, 'router_data': place}})}",
    ):
        read = read_frame(frame, RegistrationContext.get())
        assert read is not None
        assert read.prefix == frame[:10]
        assert len(json.dumps(read.content)) < 4_500
        assert "forged" not in json.dumps(read.content)
