// Reading an answer aloud, in the browser's own voice: one at a time, until its end, a second press, or another page.
import { useEffect } from "react";

import { watched } from "./watched.js";

const SKIPPED = "button, svg, iframe, [data-streamdown=code-block], .katex-html, [aria-hidden=true], .visually-hidden";
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, blockquote";
/** Some voices fall silent within an utterance of more than about a quarter of a minute. */
const LONGEST_CHARACTERS = 200;
const SENTENCE = new RegExp(`.{1,${LONGEST_CHARACTERS}}(?:[.!?;:,]\\s|\\s|$)|.{1,${LONGEST_CHARACTERS}}`, "gsu");

const { tell, useValue } = watched();
let readId = "";

const setRead = (id) => {
  readId = id;
  tell();
};

/** Whether this browser can speak. */
export const useCanSpeak = () => useValue(() => "speechSynthesis" in globalThis, false);

/** Whether the message of this id is being read; a message that goes away falls silent. */
export const useIsRead = (id) => {
  const isRead = useValue(() => readId === id, false);
  useEffect(() => () => void (readId === id && silence()), [id]);
  return isRead;
};

/** Begins to read the message of this id, or stops. */
export const toggleReading = (id) => {
  const wasRead = readId === id;
  const answer = document.querySelector(`[data-message-id="${CSS.escape(id)}"] .answer`);
  silence();
  if (wasRead || !answer) return;
  const utterances = sentences(answer).map((text) => new SpeechSynthesisUtterance(text));
  if (!utterances.length) return;
  setRead(id);
  for (const utterance of utterances) speechSynthesis.speak(utterance);
  utterances.at(-1).addEventListener("end", () => readId === id && setRead(""));
  utterances.forEach((one) => one.addEventListener("error", () => readId === id && silence()));
};

function silence() {
  setRead("");
  speechSynthesis.cancel();
}

function sentences(answer) {
  const copy = answer.cloneNode(true);
  copy.querySelectorAll(SKIPPED).forEach((element) => element.remove());
  copy.querySelectorAll(BLOCKS).forEach((block) => block.append("\n"));
  return copy.textContent.split("\n").flatMap((line) => line.trim().match(SENTENCE) ?? []);
}
