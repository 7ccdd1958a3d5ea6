// Prints a conversation as a whole: what is still on the server is fetched first, and every text is there before the
// dialog opens. A browser's own command prints what the page has by then.
import { settled } from "./answer_pending.js";

const LOADING_MS = 10_000;
const SETTLING_MS = 20_000;
let isPrinting = false;

/** `buttonId` is that of the button that fetches the earlier messages; it is there only if there are any. */
export async function printAll(buttonId) {
  if (isPrinting) return;
  isPrinting = true;
  try {
    const button = document.getElementById(buttonId);
    if (button && !document.querySelector("[data-testid=connection-lost]")) await within(LOADING_MS, loaded(button));
    await within(SETTLING_MS, settled());
    print();
  } finally {
    isPrinting = false;
  }
}

function loaded(button) {
  const messages = document.querySelector("[data-testid=messages]");
  return new Promise((done) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      done();
    });
    observer.observe(messages, { childList: true });
    button.click();
  });
}

function within(milliseconds, promise) {
  return Promise.race([promise, new Promise((over) => setTimeout(over, milliseconds))]);
}
