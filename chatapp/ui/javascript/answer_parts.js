// An answer in parts of bounded size: the texts of a page are mounted part by part, from the end of the last one up, so
// that a long one keeps the page from nothing else. What is mounted stays: parts of a text that grows only become more.
import { createElement, useCallback, useLayoutEffect, useMemo, useState } from "react";
import { Streamdown } from "streamdown";

import { whenItsTurnComes } from "./answer_queue.js";

/** Characters of a part. Reading and mounting so many takes 50 to 100 ms on a slow machine. */
const SIZE = 6_000;
/** What a block costs beside its characters, in characters. */
const BLOCK = 60;
/** The gap below these is another than elsewhere, and a part does not know what the one before it ends with. */
const NARROW_END = /(?:^|\n) {0,3}(?:#{1,6}(?:[ \t].*)?|=+|(?:-[ \t]*)+|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\s*$/;

/** Takes the place of Streamdown, and its properties; `split` gives the blocks of `children`. */
export function AnswerParts({ children, split, isAnimating, ...rest }) {
  const parts = useMemo(() => inParts(split(children)), [children, split]);
  const { first, end } = useMounted(parts.length);
  if (first === end && parts.length) return createElement("div", null, "\u00a0");
  return parts.slice(first, end).map((blocks, number) => {
    const isGrowing = isAnimating && first + number === parts.length - 1;
    return createElement(Part, { ...rest, key: first + number, blocks, isAnimating: isGrowing });
  });
}

/** From where to where parts of so many may be there by now: what came below those that are goes before what is above. */
function useMounted(count) {
  const start = globalThis.document ? count : 0; // where nothing is mounted, as for the build, nothing has to wait
  const [mounted, setMounted] = useState({ first: start, end: count });
  const { first, end } = mounted;
  useLayoutEffect(() => {
    if (end < count) return whenItsTurnComes(() => setMounted({ first, end: end + 1 }));
    if (first > 0) return whenItsTurnComes(() => setMounted({ first: first - 1, end }));
  }, [first, end, end < count]);
  return mounted;
}

function Part({ blocks, ...rest }) {
  const text = blocks.join("");
  const given = useCallback(() => blocks, [text]);
  return createElement(Streamdown, { ...rest, parseMarkdownIntoBlocksFn: given }, text);
}

function inParts(blocks) {
  const parts = [];
  let size = SIZE;
  for (const block of blocks) {
    const isFull = size >= SIZE && !(size < 2 * SIZE && NARROW_END.test(parts.at(-1)?.at(-1) ?? ""));
    if (isFull) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1).push(block);
    size += block.length + BLOCK;
  }
  return parts;
}
