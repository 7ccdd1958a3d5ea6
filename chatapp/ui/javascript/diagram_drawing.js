// Has diagrams drawn, one at a time, in a frame that is there only as long as there is something to draw. Chromium runs
// such a frame in a process of its own, so that a diagram without end does not stop the page.
import library from "mermaid/dist/mermaid.min.js?url&no-inline";

import { awaited } from "./answer_pending.js";
import frameScript from "./diagram_frame.js?url&no-inline";

/** The greatest diagram, in characters, and its picture, in characters and CSS pixels. */
const CODE_MAX = 10_000;
const PICTURE_MAX = 2_000_000;
const SIDE_MAX = 20_000;
const FETCHING_MS = 20_000;
const OPENING_MS = 30_000;
const DRAWING_MS = 10_000;
const REMEMBERED = 100;

/** What would be fetched for a drawing. The policy of our pages forbids it; here it is not even tried. */
const FETCHES = /\burl\(|@import|\bimg["']?\s*:/i;
const UNSEEN = "position: fixed; left: -3000px; top: 0; width: 760px; height: 900px; border: 0; visibility: hidden";

const known = new Map();
const asked = new Map();
let turn = Promise.resolve();
let frame = null;
let port = null;

/** The drawing of `code`, if there is one by now: {light, dark}, each {source, width, height} for an image. */
export const knownDrawing = (code) => known.get(code) ?? null;

/** Draws `code`. Resolves to its drawing, or to null when it cannot be drawn. */
export function draw(code) {
  if (known.has(code)) return Promise.resolve(known.get(code));
  if (code.length > CODE_MAX || FETCHES.test(code)) return Promise.resolve(null);
  if (!asked.has(code)) {
    turn = turn.then(() => attempt(code));
    asked.set(code, awaited(turn));
  }
  return asked.get(code);
}

async function attempt(code) {
  try {
    port ??= await within(OPENING_MS, opened());
    remember(code, drawn(await within(DRAWING_MS, answered(code))));
  } catch {
    close();
  }
  asked.delete(code);
  if (!asked.size) close();
  return knownDrawing(code);
}

/** Puts up the frame. Resolves to the port through which it is asked for drawings. */
async function opened() {
  const [script, code] = await Promise.all([fetched(frameScript), fetched(library)]);
  frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = UNSEEN;
  frame.title = "Drawing of diagrams";
  frame.inert = true;
  frame.srcdoc = `<!doctype html><meta charset="utf-8"><body><script>${await script.text()}</script>`;
  const isLoaded = new Promise((loaded) => frame.addEventListener("load", loaded, { once: true }));
  document.body.append(frame);
  await isLoaded;
  const { port1, port2 } = new MessageChannel();
  const isReady = answer(port1);
  frame.contentWindow.postMessage(code, "*", [port2]); // a blob: five megabytes that are not copied here
  await isReady;
  return port1;
}

function close() {
  port?.close();
  frame?.remove();
  port = frame = null;
}

async function fetched(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCHING_MS) });
  if (!response.ok) throw new Error(`${address} is not there.`);
  return response.blob();
}

function answered(code) {
  port.postMessage(code);
  return answer(port);
}

function answer(from) {
  return new Promise((resolve) => (from.onmessage = ({ data }) => resolve(data)));
}

function within(milliseconds, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What the frame says, which may be anything, as images of our page. */
function drawn(said) {
  return said && { light: image(said.light), dark: image(said.dark) };
}

function image({ svg, width, height }) {
  const sides = [width, height];
  if (typeof svg !== "string" || svg.length > PICTURE_MAX) throw new Error("This is no picture.");
  if (!sides.every((side) => side > 0 && side <= SIDE_MAX)) throw new Error("This picture has no size.");
  return { source: `data:image/svg+xml,${encodeURIComponent(svg)}`, width, height };
}

function remember(code, drawing) {
  if (!drawing) return;
  known.set(code, drawing);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value);
}
