// Seconds of a wait, counted in the browser from a moment of the server's clock: one message says when it began, however
// long it takes and whenever a page is opened. The browser's own time of day, which may be wrong, counts for nothing.
import { createElement, useLayoutEffect, useState } from "react";

let ahead = Date.now() - performance.now(); // until the server has said what time it is
const now = () => ahead + performance.now();

/** Nothing to see: takes the server's time, in milliseconds since 1970, in the moment in which it comes. */
export function ServerClock({ time }) {
  useLayoutEffect(() => {
    if (time) ahead = time - performance.now();
  }, [time]);
  return null;
}

/** How long ago `since` was; nothing in the first `after` seconds. */
export function Elapsed({ since, after = 0 }) {
  const seconds = Math.floor(usePassed(since, false) / 1000);
  return seconds >= after ? spoken(seconds) : null;
}

/** How long it is until `until`, and the word `over` from then on. */
export function Remaining({ until, before, over }) {
  const left = useLeft(until);
  return left > 0 ? `${before} ${spoken(left)}` : over;
}

/** A button that says how long to wait, and does nothing, until `until`. It can have the focus meanwhile. */
export function PatientButton({ until, waiting, children, onClick, ...rest }) {
  const left = useLeft(until);
  const wait = left > 0 && { "aria-disabled": true, onClick: undefined };
  return createElement("button", { ...rest, onClick, ...wait }, left > 0 ? `${waiting} ${spoken(left)}` : children);
}

function useLeft(until) {
  return Math.ceil(-usePassed(until, true) / 1000);
}

/** Milliseconds since a moment, negative before it, anew whenever another second is full; `ends` once there are any. */
function usePassed(moment, ends) {
  const [passed, setPassed] = useState(() => now() - moment);
  useLayoutEffect(() => {
    let timer;
    const count = () => {
      const passes = now() - moment;
      setPassed(passes);
      if (!ends || passes < 0) timer = setTimeout(count, 1000 - (((passes % 1000) + 1000) % 1000));
    };
    count();
    return () => clearTimeout(timer);
  }, [moment, ends]);
  return passed;
}

function spoken(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (seconds < 120) return `${seconds} s`;
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
