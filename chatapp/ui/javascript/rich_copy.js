// Copying a message: whoever pastes it gets it with its headings, lists and tables, or as it was written, as that place
// takes it.
import { isSettled } from "./answer_pending.js";

const CODE = "[data-streamdown=code-block]";
const LEFT_OUT = "button, svg, iframe, [aria-hidden=true], .visually-hidden";
const KEPT = ["href", "start", "colspan", "rowspan", "align"];

/** Puts `text` on the clipboard, and beside it what the message of `button` looks like, where all of it is there. */
export function copyMessage(button, text) {
  const answer = button.closest(".message")?.querySelector(".answer");
  if (!answer || !isSettled() || !navigator.clipboard.write) return navigator.clipboard.writeText(text);
  const forms = { "text/plain": text, "text/html": markup(answer) };
  const blobs = Object.entries(forms).map(([type, content]) => [type, new Blob([content], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

/** The answer in plain elements: no classes, colours and buttons, which mean nothing elsewhere. */
function markup(answer) {
  const copy = answer.cloneNode(true);
  for (const block of copy.querySelectorAll(CODE)) block.replaceWith(code(block));
  for (const formula of copy.querySelectorAll(".katex")) formula.replaceWith(written(formula));
  for (const box of copy.querySelectorAll("input[type=checkbox]")) box.replaceWith(box.checked ? "\u2611 " : "\u2610 ");
  for (const element of copy.querySelectorAll(LEFT_OUT)) element.remove();
  for (const element of copy.querySelectorAll("*")) strip(element);
  return copy.innerHTML;
}

function code(block) {
  const pre = document.createElement("pre");
  const lines = block.querySelectorAll("code > *");
  pre.append(document.createElement("code"));
  pre.firstChild.textContent = Array.from(lines, (line) => line.textContent.replace(/\n$/, "")).join("\n");
  return pre;
}

/** A formula as it was written: few places that take formatted text can set it. */
function written(formula) {
  const source = formula.querySelector("annotation")?.textContent ?? formula.textContent;
  const mark = formula.closest(".katex-display") ? "$$" : "$";
  return mark + source + mark;
}

function strip(element) {
  for (const { name, value } of Array.from(element.attributes)) {
    if (!KEPT.includes(name) || (name === "href" && value.startsWith("#"))) element.removeAttribute(name);
  }
}
