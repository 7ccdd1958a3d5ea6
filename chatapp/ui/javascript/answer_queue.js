// Who wants to mount a part of a text waits here. The last that came is the first to go: it stands nearest to the end
// of the conversation, which is what a reader sees, and what is mounted above it moves nothing there.
import { flushSync } from "react-dom";

import { awaited } from "./answer_pending.js";

const TURN_MS = 40;
const waiting = [];
let isCalled = false;
let tellMounted = null;

/** Calls `mount` once, before the next frame if there is time. Returns what takes it back. */
export function whenItsTurnComes(mount) {
  waiting.push(mount);
  if (!isCalled) call(queueMicrotask); // still before the frame that shows what React is about to finish
  return () => {
    const place = waiting.lastIndexOf(mount);
    if (place >= 0) waiting.splice(place, 1);
  };
}

function call(later) {
  isCalled = true;
  if (!tellMounted) awaited(new Promise((tell) => (tellMounted = tell)));
  later(takeTurns);
}

function takeTurns() {
  const end = performance.now() + TURN_MS;
  try {
    while (waiting.length && performance.now() < end) flushSync(waiting.pop());
  } finally {
    isCalled = false;
    if (waiting.length) call(setTimeout);
    else {
      tellMounted();
      tellMounted = null;
    }
  }
}
