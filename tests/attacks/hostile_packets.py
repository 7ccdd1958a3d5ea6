"""What no browser would send over a websocket: frames, packets and events of every shape."""

import itertools
import json
import random
from collections.abc import Iterator

from websockets.frames import Frame, Opcode

from chatapp.web.reflex_names import HYDRATE
from tests.e2e.hostile_frames import HANDLERS, Victim, hostile_form, hostile_values, unusable_frames
from tests.e2e.socket_client import SEND, at


def frames(seed: int, victim: Victim) -> Iterator[bytes]:
    """What is sent over a websocket once there is one: frames, then packets, then events."""
    rng = random.Random(seed)
    for first in range(256):
        yield bytes([first, 0x85]) + rng.randbytes(9)
    yield from (bytes([0x81, second]) + rng.randbytes(20) for second in (0, 5, 126, 127, 254, 255))
    yield from (b"\x81\xff" + size.to_bytes(8) + rng.randbytes(20) for size in (0, 2**63 - 1, 2**64 - 1, 1_500_001))
    for code in (0, 1, 999, 1_000, 1_004, 1_005, 1_006, 1_015, 1_016, 2_999, 3_000, 4_999, 5_000, 65_535):
        for why in (b"", b"why", b"\xff\xfe", b"x" * 123):
            yield _frame(Opcode.CLOSE, code.to_bytes(2) + why)
    yield from (_frame(Opcode.CLOSE, b"x"), _frame(Opcode.CLOSE, b"") * 3, _frame(Opcode.PING, b"x" * 125) * 50)
    yield _frame(Opcode.CLOSE, b"\x03\xe8") + _frame(Opcode.TEXT, b"42/_event,[]") * 20
    yield _frame(Opcode.TEXT, b"4", fin=False) + _frame(Opcode.PING, b"") + _frame(Opcode.CLOSE, b"")
    yield _frame(Opcode.TEXT, b"\xf0\x9f", fin=False) + _frame(Opcode.CONT, b"\x98\x80")
    yield from (_frame(Opcode.TEXT, words.encode(errors="surrogatepass")) for words in packets())
    yield from (_frame(Opcode.BINARY, words.encode()) for words in ("", "2", "4", "40", "b4", "\x04", "\x00" * 5_000))
    for frame in itertools.chain(unusable_frames(victim), events(rng, victim)):
        yield _frame(Opcode.TEXT, frame.encode()) if isinstance(frame, str) else _frame(Opcode.BINARY, frame)


def packets() -> Iterator[str]:
    """Packets of engine.io and socket.io, of every type, with numbers and names of every size."""
    yield from (f"{first}{rest}" for first in "0123456789bx" for rest in ("", "{}", "probe", "4", "=", "\ud800"))
    for kind in "0123456789":
        for namespace in ("", "/", "/_event", "/other", "/_event?a=b", "/" + "x" * 3_000, "/\0", "/*", "//_event"):
            for rest in ("", "{}", "[]", "null", "5", '["event"]', '["event",{}]', '17["event",{}]', "[" * 900):
                yield f"4{kind}{namespace},{rest}"
    for number in ("-1", "0", "1-", "99-", "9" * 99, "9" * 101, "1_0", "1e9", "\u0661", "\u00b2"):
        yield from (f"45{number}-/_event,[]", f"42/_event,{number}[]", f"43/_event,{number}[1]", f"4{number}")
    yield '451-/_event,["event",{"_placeholder":true,"num":-1}]'


def events(rng: random.Random, victim: Victim) -> Iterator[str]:
    """Events for real handlers with arguments of every wrong kind, first as part of the greeting and then alone."""
    values = hostile_values(victim, rng)
    for name, (key, words) in itertools.product(HANDLERS, itertools.product(("payload", "router_data"), values)):
        fields = {"name": name, "payload": dict.fromkeys(HANDLERS[name], words), "router_data": at("/")}
        if key == "router_data":
            fields[key] = {"pathname": words, "asPath": words, "query": {"a": words}}
        yield f"42/_event,{json.dumps(['event', fields])}"
    for _ in range(60):
        form = {"name": SEND, "payload": {"form": hostile_form(rng, values, victim)}, "router_data": at("/")}
        yield f"42/_event,{json.dumps(['event', form])}"
    for words in values:
        greeting = {"event": {"name": HYDRATE, "payload": {}, "router_data": at("/")}, "schema": words, "more": words}
        yield f"40/_event,{json.dumps(greeting)}"
        yield f"40/_event,{json.dumps({'event': words})}"
        yield f'42/_event,["client_error",{json.dumps({"message": words, "error_type": words, "substate": words})}]'


def _frame(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)
