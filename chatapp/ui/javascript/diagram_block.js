// A block of mermaid that has ended. What draws it is loaded with the first one; where it cannot be, the code stays code.
import { createElement, lazy, Suspense } from "react";

const Undrawn = ({ children }) => children();
const AnswerDiagram = lazy(() => import("./answer_diagram.js").catch(() => ({ default: Undrawn })));

/** `children` makes the block of code, with a button in its header if one is given. */
export function DiagramBlock({ code, children }) {
  return createElement(Suspense, { fallback: children() }, createElement(AnswerDiagram, { code }, children));
}
