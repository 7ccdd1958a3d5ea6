// Keys that work anywhere on the page press what names them as its shortcut (aria-keyshortcuts), or bring the focus
// there if it is a box. Of several it is the first that one sees: Escape closes the drawer before it stops an answer.
import { useEffect } from "react";

const COVERS = "[role=dialog], [role=alertdialog], [role=menu], dialog[open]";
const BOXES = "input, textarea, [contenteditable]";
const typedIn = new WeakSet();
let isCovered = false;

const chord = ({ key, ctrlKey, metaKey, altKey, shiftKey }) =>
  [(ctrlKey || metaKey) && "Control", altKey && "Alt", shiftKey && "Shift", key.length > 1 ? key : key.toUpperCase()]
    .filter(Boolean).join("+");

const isPressable = (element) =>
  !element.disabled && !element.closest("[inert]") && element.checkVisibility({ visibilityProperty: true });

const isOfKeyboard = ({ key, ctrlKey, metaKey }) => key === "Escape" || ctrlKey || metaKey;

// What lies over the page has taken the key for itself by the time the page hears of it.
const lookAround = (event) => {
  isCovered = event.key === "Escape" && document.querySelector(COVERS) !== null;
};

const onKeyDown = (event) => {
  if (!isOfKeyboard(event) || event.defaultPrevented || event.isComposing || event.keyCode === 229 || isCovered) return;
  const keys = chord(event);
  if (keys === "Control+Z" && typedIn.has(event.target)) return; // the box has an undo of its own
  const named = document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(keys)}"]`);
  const target = [...named].find(isPressable);
  if (!target) return;
  event.preventDefault();
  if (target.matches(BOXES)) target.focus();
  else target.click();
};

export const useShortcuts = () => {
  useEffect(() => {
    const onInput = ({ target }) => typedIn.add(target);
    addEventListener("keydown", lookAround, true);
    addEventListener("keydown", onKeyDown);
    addEventListener("input", onInput);
    return () => {
      removeEventListener("keydown", lookAround, true);
      removeEventListener("keydown", onKeyDown);
      removeEventListener("input", onInput);
    };
  }, []);
};
