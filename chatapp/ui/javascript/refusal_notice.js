// Why a page has no connection, where that is for the address it was opened at. A browser tells no script why a websocket
// was refused, so the same question is asked as a post, which brings the same Host and Origin along.
import { createElement, useEffect, useState } from "react";

import env from "$/env.json";
import { getBackendURL } from "$/utils/state";

/** Between two questions, in milliseconds: the server may have been started again with other settings. */
const AGAIN = 5_000;

/** Shows `children` until the server says why it refuses this page; `elsewhere` where it can say so to its own alone. */
export function RefusalNotice({ children, elsewhere, ...rest }) {
  const [reason, setReason] = useState("");
  useEffect(() => {
    let isShown = true;
    const ask = async () => {
      const found = await whyRefused(elsewhere);
      if (isShown) setReason(found);
    };
    ask();
    const timer = setInterval(ask, AGAIN);
    return () => {
      isShown = false;
      clearInterval(timer);
    };
  }, [elsewhere]);
  return createElement("div", { ...rest, "data-refused": reason !== "" }, reason || children);
}

async function whyRefused(elsewhere) {
  const address = new URL("/health/page", getBackendURL(env.PING));
  try {
    const answer = await fetch(address, { method: "POST" });
    return answer.status === 403 ? (await answer.json()).refused : "";
  } catch {
    return address.host !== location.host && (await isThere(address)) ? elsewhere : "";
  }
}

/** Whether anybody answers at an address of which this page may read nothing. */
const isThere = (address) => fetch(address, { method: "POST", mode: "no-cors" }).then(() => true, () => false);
