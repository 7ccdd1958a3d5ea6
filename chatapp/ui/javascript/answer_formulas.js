// Formulas are drawn by KaTeX with absolute sizes and places, so what they may ask for is bounded. One that asks for
// more, or stands in a link, which it could make larger than its words, is shown as text.
import { visit } from "unist-util-visit";
import { SKIP, visitParents } from "unist-util-visit-parents";

import { FORMULA_CHARACTERS, isTooElaborate } from "./answer_limits.js";

const KINDS = ["math-inline", "math-display", "language-math"];
const BOUNDS = { maxSize: 10, maxExpand: 200, trust: false, strict: "ignore" }; // sizes in em

/** The plugin `math` of Streamdown, bounded. */
export function bounded(math) {
  const [katex, options] = math.rehypePlugin;
  return { ...math, rehypePlugin: [drawn, katex, { ...options, ...BOUNDS }] };
}

/** Draws the formulas. One on a line of its own is an element of another name, by which the page knows it. */
function drawn(katex, options) {
  const draw = katex(options);
  return (tree, file) => {
    draw(tree, file);
    visit(tree, "element", (element) => {
      if (element.properties.className?.includes("katex-display")) element.tagName = "formula";
    });
  };
}

export const boundFormulas = () => (tree) => {
  let characters = 0;
  visitParents(tree, "element", (element, parents) => {
    if (!KINDS.some((kind) => element.properties.className?.includes(kind))) return;
    const formula = textOf(element);
    characters += formula.length;
    const isInLink = parents.some(({ tagName }) => tagName === "a");
    if (isInLink || characters > FORMULA_CHARACTERS || isTooElaborate(formula)) element.properties = {};
    return SKIP;
  });
};

/** All words in `node`. */
export function textOf(node) {
  return node.type === "text" ? node.value : (node.children ?? []).map(textOf).join("");
}
