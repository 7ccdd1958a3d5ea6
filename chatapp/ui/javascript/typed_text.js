// What stands in the message box when its page is loaded anew. Browsers bring back only what was in a page's HTML, and
// the server knows no more than what was typed half a second before it went away.

const KEPT = "typed";
let isWatching = false;

export function keepAcrossReload(boxId) {
  if (isWatching) return;
  isWatching = true;
  bringBack(document.getElementById(boxId));
  addEventListener("pagehide", () => {
    const text = document.getElementById(boxId)?.value;
    if (text) sessionStorage.setItem(KEPT, JSON.stringify({ text, at: location.pathname }));
  });
}

// Whoever comes here in another way than by a reload may be somebody else.
function bringBack(box) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (!isReload || !box || box.value || kept?.at !== location.pathname) return;
  box.value = kept.text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
