"""Measures one streamed answer in a real browser: `python -m bench.answer --tokens 2000 --rate 100`.

Starts the production build with the scripted model, asks for `long N at R` in real Chromium, and prints as JSON what
the answer cost: bytes and frames on the websocket, main-thread time, server CPU, and how long after the model's first
and last part the text was on the screen. The DevTools network domain stays off, because it copies every frame and
charges the page for it; bytes are counted where they arrive, in the page.
"""

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from playwright.sync_api import CDPSession, sync_playwright

from tests.browser import find
from tests.e2e.conftest import CHROMIUM_ARGUMENTS
from tests.e2e.reading import composer, new_person
from tests.e2e.serving import Server

COUNT_FRAMES = """
window.bench = {frames: 0, bytes: 0, sent: 0, ownMessage: 0, firstText: 0, lastText: 0};
const Native = window.WebSocket;
window.WebSocket = class extends Native {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", (event) => {
      window.bench.frames += 1;
      window.bench.bytes += new TextEncoder().encode(event.data).length;
    });
  }
};
"""

WATCH = """
() => {
  const bench = window.bench;
  const all = (role) => document.querySelectorAll(`[data-testid=message][data-role=${role}]`);
  const before = {user: all("user").length, assistant: all("assistant").length};
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !bench.sent) bench.sent = Date.now();
  }, true);
  bench.done = new Promise((resolve) => {
    const watchText = (body) => new MutationObserver(() => {
      bench.lastText = Date.now();
      if (!bench.firstText && body.textContent) bench.firstText = bench.lastText;
    }).observe(body, {childList: true, subtree: true, characterData: true});
    const watchStatus = (row) => new MutationObserver(() => row.dataset.status === "completed" && resolve())
      .observe(row, {attributes: true, attributeFilter: ["data-status"]});
    const rows = new MutationObserver(() => {
      if (!bench.ownMessage && all("user").length > before.user) bench.ownMessage = Date.now();
      if (all("assistant").length === before.assistant) return;
      rows.disconnect();
      const row = [...all("assistant")].at(-1);
      watchText(row.querySelector("[data-testid=message-body]"));
      watchStatus(row);
    });
    rows.observe(document.querySelector("[data-testid=messages]"), {childList: true});
  });
}
"""


def main() -> None:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=100, help="tokens a second")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", given.port)
        server.start()
        try:
            results = [measure(server, given.tokens, given.rate) for _ in range(given.runs)]
            for result in results:
                print(json.dumps(result))
            print(json.dumps({"median of": given.runs, **{k: median(r[k] for r in results) for k in results[0]}}))
        finally:
            server.terminate()


def measure(server: Server, tokens: int, rate: int) -> dict[str, Any]:
    """One answer in one fresh browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        page = new_person(browser, server.url)
        page.add_init_script(COUNT_FRAMES)
        page.reload()
        composer(page).wait_for()
        page.evaluate(WATCH)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        before, cpu_before = metrics(devtools), server_cpu_seconds(server)
        composer(page).fill(f"long {tokens} at {rate}")
        composer(page).press("Enter")
        page.evaluate("window.bench.done")  # no polling from outside: each look would cost the page milliseconds
        after, cpu_after = metrics(devtools), server_cpu_seconds(server)
        seen: dict[str, Any] = page.evaluate("({...window.bench, done: null})")
        browser.close()
    asked = server.demo_log()[-1]
    return {
        "tokens": tokens,
        "rate": rate,
        "websocket_kb": round(seen["bytes"] / 1000, 1),
        "frames": seen["frames"],
        "main_thread_seconds": round(after["TaskDuration"] - before["TaskDuration"], 2),
        "script_seconds": round(after["ScriptDuration"] - before["ScriptDuration"], 2),
        "server_cpu_seconds": round(cpu_after - cpu_before, 2),
        "own_message_ms": seen["ownMessage"] - seen["sent"],
        "first_text_ms": round(seen["firstText"] - float(str(asked["first_part_at"])) * 1000),
        "last_text_ms": round(seen["lastText"] - float(str(asked["last_part_at"])) * 1000),
    }


def metrics(devtools: CDPSession) -> dict[str, float]:
    """The page's own counters, in seconds of main-thread time."""
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


def server_cpu_seconds(server: Server) -> float:
    """User and system time of the server, the scripted model inside it included."""
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
