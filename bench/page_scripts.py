"""The JavaScript that measures from inside the page. Literal constants only: nothing is put together here.

What it notes costs the page little: one look at the end of the text for each change of it, no look on a timer once
the page is usable.
"""

BEFORE_LOAD = """
window.bench = {frames: 0, bytes: 0, usable: 0, firstText: 0};
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
performance.setResourceTimingBufferSize(5000);
const isFilled = () => {
  const picker = document.querySelector("[data-testid=model-picker]");
  const row = document.querySelector("[data-testid=message] [data-testid=message-body]");
  const isNew = !location.pathname.startsWith("/c/");
  const question = document.querySelector("input[name=client_message_id]");
  return picker?.textContent.includes("demo") && question?.value && (isNew || row?.textContent);
};
const isHydrated = (element) => element && Object.keys(element).some((key) => key.startsWith("__react"));
const isUsable = () => isHydrated(document.querySelector("input[name=password]")) || isFilled();
window.bench.isUsable = new Promise((resolve) => {
  const look = () => {
    if (!isUsable()) return requestAnimationFrame(look);
    window.bench.usable = performance.now();
    resolve();
  };
  requestAnimationFrame(look);
});
"""
"""Runs before anything of the page does: counts what comes over the websocket, and notes when the page is usable: the
login once its form is alive, the chat once it knows question, model and, in a conversation, the text of a message."""

WATCH_ANSWER = """
(patienceMs) => {
  const bench = window.bench;
  Object.assign(bench, {frames: 0, bytes: 0, sent: 0, ownMessage: 0, longestTask: 0, marks: [], status: "late"});
  const last = (role) => [...document.querySelectorAll(`[data-testid=message][data-role=${role}]`)].at(-1);
  const idOf = (row) => row?.dataset.messageId;
  const before = {user: idOf(last("user")), assistant: idOf(last("assistant"))};
  const isFinal = (status) => ["completed", "stopped", "failed", "interrupted"].includes(status);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) bench.longestTask = Math.max(bench.longestTask, entry.duration);
  }).observe({type: "longtask"});
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !bench.sent) bench.sent = Date.now();
  }, true);
  const endOf = (body) => {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let node = walker.lastChild(); node && text.length < 80; node = walker.previousNode()) text = node.data + text;
    return text.slice(-80);
  };
  const note = (body) => {
    const text = endOf(body);
    if (text && text !== bench.marks.at(-1)?.[1]) bench.marks.push([Date.now(), text]);
  };
  bench.isEnded = new Promise((resolve) => {
    const look = (row) => {
      if (!isFinal(row.dataset.status)) return;
      bench.status = row.dataset.status;
      resolve();
    };
    const watch = (row) => {
      const body = row.querySelector("[data-testid=message-body]");
      note(body);
      new MutationObserver(() => note(body)).observe(body, {childList: true, subtree: true, characterData: true});
      new MutationObserver(() => look(row)).observe(row, {attributes: true, attributeFilter: ["data-status"]});
      look(row);
    };
    const rows = new MutationObserver(() => {
      if (!bench.ownMessage && idOf(last("user")) !== before.user) bench.ownMessage = Date.now();
      if (idOf(last("assistant")) === before.assistant) return;
      rows.disconnect();
      watch(last("assistant"));
    });
    rows.observe(document.querySelector("[data-testid=messages]"), {childList: true});
    setTimeout(resolve, patienceMs);
  });
}
"""
"""Makes the page note when the question is sent and shown, when its longest task was, and for each change of the next
answer the time and the last 80 characters. Times are milliseconds since the epoch, as the model's log has seconds."""

SEEN = """
(({frames, bytes, sent, ownMessage, longestTask, marks, status}) =>
  ({frames, bytes, sent, ownMessage, longestTask, marks, status}))(window.bench)
"""

FOCUS_COMPOSER = "document.querySelector('[data-testid=composer]').focus()"

LOADED = """
(async () => {
  await new Promise((resolve) => {
    const look = () => performance.getEntriesByName("first-contentful-paint").length && resolve();
    new PerformanceObserver(look).observe({type: "paint", buffered: true});
  });
  await new Promise((resolve) => {
    let timer = setTimeout(resolve, 500);
    new PerformanceObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(resolve, 500);
    }).observe({type: "resource"});
  });
  const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const isScript = (entry) => new URL(entry.name).pathname.endsWith(".js");
  const sum = (entries) => entries.reduce((bytes, entry) => bytes + entry.encodedBodySize, 0);
  return {
    bytes: sum(loaded),
    scriptBytes: sum(loaded.filter(isScript)),
    requests: loaded.length,
    firstText: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    usable: window.bench.usable,
  };
})()
"""
"""What a load took, once nothing more has come for half a second: bytes as they came over the wire, without headers;
times in milliseconds since its start."""

SETTLED = """
new Promise((resolve) => {
  let quiet = 0;
  const look = (idle) => {
    quiet = idle.timeRemaining() > 40 ? quiet + 1 : 0;
    if (quiet === 10) return resolve();
    requestIdleCallback(look);
  };
  requestIdleCallback(look);
})
"""
"""Until the page has had nothing to do for half a second (ten idle periods in a row, of 50 ms at most): nobody types a
question in the moment in which the box appears."""
