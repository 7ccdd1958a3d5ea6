// What stands in the message box when its page is loaded anew, or another box takes its place. Browsers bring back only
// what was in a page's HTML, and the server knows no more than what was typed half a second before it went away.

const KEPT = "typed";
let isWatching = false;
let left = null; // what was in the box when it was looked at last, and where one was typing in it

export function keepAcrossReload(boxId) {
  if (isWatching) return;
  isWatching = true;
  bringBack(document.getElementById(boxId));
  addEventListener("pagehide", () => {
    const text = document.getElementById(boxId)?.value;
    if (text) sessionStorage.setItem(KEPT, JSON.stringify({ text, at: location.pathname }));
  });
}

// Whoever comes here in another way than by a reload may be somebody else. What was typed while the page loaded goes on
// from what was there.
function bringBack(box) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (!isReload || !box || kept?.at !== location.pathname || box.value === kept.text) return;
  box.value = kept.text + box.value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What is in the box now. Pages are also rendered where there is none. */
export function typedNow(boxId) {
  const box = globalThis.document?.getElementById(boxId);
  if (box) left = { text: box.value, start: box.selectionStart, end: box.selectionEnd };
  return box?.value ?? "";
}

/** In a new box one types on where one was in the one before, or behind its text: a browser begins before that. */
export function placeCaret(boxId) {
  const box = document.getElementById(boxId);
  if (!box || box !== document.activeElement || box.selectionEnd > 0) return;
  const end = box.value.length;
  const { start, end: until } = left?.text === box.value ? left : { start: end, end };
  box.setSelectionRange(start, until);
}
