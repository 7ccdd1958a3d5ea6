// Pictures are never fetched: whoever placed one would learn who reads the answer, and what an address can carry. Their
// descriptions are shown in their places.
import { visit } from "unist-util-visit";

import { IMAGE_NOT_LOADED } from "./words.js";

export const describeImages = () => (tree) => {
  visit(tree, { tagName: "img" }, ({ properties: { alt } }, index, parent) => {
    const value = alt ? `${IMAGE_NOT_LOADED}: ${alt}` : IMAGE_NOT_LOADED;
    parent.children[index] = {
      type: "element",
      tagName: "span",
      properties: { className: ["text-muted-foreground"] },
      children: [{ type: "text", value }],
    };
  });
};
