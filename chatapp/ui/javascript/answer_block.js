// A block of an answer. What asks for too much, or breaks the renderer all the same, is shown as it is written: one
// text must never take the page away from all others.
import { createElement, memo } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { Block } from "streamdown";

import { isTooMuch } from "./answer_limits.js";
import { TOO_COMPLEX } from "./words.js";

function Plain({ text }) {
  return createElement(
    "div",
    { "data-testid": "plain-block", className: "plain-block" },
    createElement("p", { className: "quiet-line" }, TOO_COMPLEX),
    createElement("div", null, text),
  );
}

/** Takes the place of Streamdown's own block, and its properties. */
export const AnswerBlock = memo((block) => {
  const { content } = block;
  if (isTooMuch(content)) return createElement(Plain, { text: content });
  const fallback = createElement(Plain, { text: content });
  return createElement(ErrorBoundary, { fallback, resetKeys: [content] }, createElement(Block, block));
});
AnswerBlock.displayName = "AnswerBlock";
