"""What the scripts inside the page note, on a small page that behaves like ours, in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench import page_scripts
from bench.devtools import Target, fresh_browser
from bench.real_page import RealPage, tab_in

pytestmark = pytest.mark.processes

PAGE = b"""<!doctype html>
<input name=client_message_id value=a><button data-testid=model-picker>demo</button>
<main data-testid=messages></main><textarea data-testid=composer></textarea>
<script>
const add = (role, id, text) => {
  const row = document.createElement("article");
  Object.assign(row.dataset, {testid: "message", role, messageId: id, status: "streaming"});
  const body = row.appendChild(document.createElement("div"));
  body.dataset.testid = "message-body";
  body.append(text);
  document.querySelector("main").append(row);
  return [row, body];
};
const answer = async () => {
  add("user", "question", "Why?");
  const [row, body] = add("assistant", "answer", "");
  for (const words of ["Because ", "<b>of</b> ", "that."]) {
    await new Promise(requestAnimationFrame);
    body.insertAdjacentHTML("beforeend", words);
  }
  row.dataset.status = "completed";
};
document.querySelector("textarea").addEventListener("keydown", (event) => event.key === "Enter" && answer());
</script>"""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(PAGE)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + PAGE)
    await writer.drain()
    writer.close()


@asynccontextmanager
async def open_page() -> AsyncIterator[RealPage]:
    """The small page, usable."""
    async with await asyncio.start_server(_serve, "127.0.0.1", 0) as server, fresh_browser() as browser:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with tab_in(browser, url, "name=value", "/") as page:
            yield page


async def seen_in(target: Target) -> dict[str, object]:
    """What the page noted."""
    seen: dict[str, object] = await target.evaluate(page_scripts.SEEN)
    return seen


async def test_a_page_notes_each_change_of_the_answer_until_its_end() -> None:
    async with open_page() as page:
        costs = await page.ask("Why?", patience_seconds=20)
        seen = await seen_in(page.target)
    marks = seen["marks"]
    assert isinstance(marks, list)
    assert [text for _, text in marks] == ["Because ", "Because of ", "Because of that."]
    assert seen["status"] == "completed"
    assert costs["main_thread_s"] >= costs["script_s"] >= 0


async def test_a_page_notes_when_a_question_was_sent_and_shown() -> None:
    async with open_page() as page:
        await page.ask("Why?", patience_seconds=20)
        seen = await seen_in(page.target)
    times = [seen["sent"], seen["ownMessage"], seen["marks"][0][0], seen["marks"][-1][0]]  # type: ignore[index]
    assert times == sorted(times)
    assert seen["sent"]


async def test_an_answer_that_does_not_end_is_given_up() -> None:
    async with open_page() as page:
        await page.target.evaluate("document.querySelector('textarea').remove()")
        await page.target.evaluate("document.body.append(document.createElement('textarea'))")
        await page.target.evaluate("document.querySelector('textarea').dataset.testid = 'composer'")
        await page.ask("Why?", patience_seconds=0.2)
        assert (await seen_in(page.target))["status"] == "late"


async def test_a_load_is_told_by_its_bytes_and_times() -> None:
    async with open_page() as page:
        loaded = await page.target.evaluate(page_scripts.LOADED)
    assert loaded["bytes"] >= len(PAGE)
    assert loaded["scriptBytes"] == 0
    assert loaded["firstText"] > 0
    assert loaded["usable"] > 0
