// Focus is never lost: when what has it goes away, or can have it no longer, something sensible gets it.
//
// Each element says by `data-focus-next` where the focus goes when it is gone, for itself and for what is in it: CSS
// selectors, separated by ";", of which the first that finds something counts. Without that it is the nearest thing
// around it that is still there.
import { useEffect } from "react";

let last = null; // what had the focus last, unless somebody has taken it away on purpose
let around = []; // and what it was in, which can no longer be asked once it is gone

const isLost = () => !document.activeElement || document.activeElement === document.body;

const BOXES = "input, textarea";
const opensKeyboard = (element) => element.matches(BOXES) && !matchMedia("(hover: hover)").matches;

const isThere = (element) =>
  element.isConnected && !element.disabled && !element.closest("[inert]")
  && element.checkVisibility({ visibilityProperty: true });

const remember = ({ target }) => {
  last = target;
  around = [];
  for (let one = target; one && one !== document.body; one = one.parentElement) around.push(one);
};

const named = () => {
  const selectors = around.flatMap((one) => one.dataset.focusNext?.split(";") ?? []);
  for (const selector of selectors) {
    const found = [...document.querySelectorAll(selector)].find((one) => isThere(one) && !opensKeyboard(one));
    if (found) return found;
  }
  return around.find((one) => one !== last && isThere(one)) ?? document.querySelector("main");
};

const give = (element) => {
  element.focus({ preventScroll: true });
  if (document.activeElement === element) return;
  element.tabIndex = -1; // no stop of the Tab key, but a place to go on from
  element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  element.focus({ preventScroll: true });
};

const recover = () => {
  if (!last || !isLost()) return;
  if (isThere(last)) last = null; // somebody has pressed beside it
  else give(named());
};

// A menu that closes brings the focus back to its button a moment later by itself.
const recoverSoon = () => setTimeout(recover);

export const useKeptFocus = () => {
  useEffect(() => {
    const removals = new MutationObserver(() => {
      if (last && !last.isConnected && isLost()) recoverSoon();
    });
    removals.observe(document.body, { childList: true, subtree: true });
    addEventListener("focusin", remember);
    addEventListener("focusout", recoverSoon);
    return () => {
      removals.disconnect();
      removeEventListener("focusin", remember);
      removeEventListener("focusout", recoverSoon);
    };
  }, []);
};
