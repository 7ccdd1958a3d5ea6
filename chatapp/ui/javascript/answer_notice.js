// Says that an answer has ended to who is looking elsewhere: in the title of the tab, and where somebody wants that, by a
// notice of the browser.
import { useEffect, useRef } from "react";

import { watched } from "./watched.js";
import { ANSWER_FAILED, ANSWER_READY } from "./words.js";

const WANTED = "chatapp-notices";
const MARK = "\u25cf ";
const WRITTEN = ["queued", "streaming"];
const ENDED = { completed: ANSWER_READY, failed: ANSWER_FAILED, interrupted: ANSWER_FAILED };
const { tell, useValue } = watched();


/** "on", "off", "blocked" where the person has told the browser so, "" where the browser has no notices. */
const choice = () => {
  if (!globalThis.isSecureContext || !("Notification" in globalThis)) return "";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && localStorage.getItem(WANTED) !== null ? "on" : "off";
};

export const useNotices = () => useValue(choice, "");

export const toggleNotices = async () => {
  if (choice() === "on") localStorage.removeItem(WANTED);
  else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(WANTED, "");
  tell();
};

/** Watches the newest answer of the open chat by its status. */
export const useAnswerNotice = (status, title) => {
  const before = useRef("");
  useEffect(() => {
    const hasEnded = WRITTEN.includes(before.current) && status in ENDED;
    before.current = status;
    if (hasEnded && document.hidden) say(ENDED[status], title);
  }, [status]);
  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
};

function say(words, title) {
  mark();
  observer.observe(document.querySelector("title"), { childList: true, characterData: true, subtree: true });
  if (choice() !== "on") return;
  const notice = new Notification(title || words, { body: words, tag: location.pathname });
  notice.addEventListener("click", () => {
    focus();
    notice.close();
  });
}

// The title of the chat may change after its answer, and keeps the mark.
const observer = globalThis.MutationObserver && new MutationObserver(mark);

function mark() {
  if (!document.title.startsWith(MARK)) document.title = MARK + document.title;
}

function look() {
  if (document.hidden) return;
  observer.disconnect();
  if (document.title.startsWith(MARK)) document.title = document.title.slice(MARK.length);
}
