"""What a protocol-level page reads out of frames."""

import json

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from bench.tab import RECENT, SLOT, Tab, last_row, newest_number


def frame(**variables: object) -> str:
    """An update of one state, as Reflex sends it."""
    update = {"delta": {"root.a": {"other": 1}, "root.b": variables}, "events": []}
    return f"42/_event,{json.dumps(['event', update], separators=(',', ':'))}"


def test_the_newest_number_is_found_in_whichever_slot_it_stands() -> None:
    texts = SLOT.findall(frame(s1_rx_state_="1 2 3 4", s2_rx_state_="", p0_rx_state_="1 2"))
    assert newest_number(texts) == 4


def test_words_hold_no_newest_number() -> None:
    assert newest_number(["", "an answer"]) == 0


def test_an_answer_that_is_complete_already_is_the_last_of_the_recent_rows() -> None:
    rows = [{"role": "user", "text": "count 3"}, {"role": "assistant", "text": "1 2 3", "status": "completed"}]
    assert last_row(frame(**{RECENT: rows})) == rows[-1]


async def test_a_page_sees_an_answer_that_ended_before_it_looked() -> None:
    rows = [{"role": "user", "text": "count 3"}, {"role": "assistant", "text": "1 2 3", "status": "completed"}]

    async def play(connection: ServerConnection) -> None:
        await connection.send(frame(message_rx_state_={"id": "", "role": "", "status": ""}))
        await connection.send(frame(**{RECENT: rows}))
        await connection.wait_closed()

    async with serve(play, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}") as socket:
            page = Tab(socket)
            assert await page.watch() == "completed"
    assert [number for _, number in page.arrivals] == [3]
