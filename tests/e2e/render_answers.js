// Run by node in the folder of the pages. Reads a line of JSON for each text: {"parts": [...], "growing": bool}, and
// answers with a line of JSON: the HTML of each part as the page renders it, the last as growing if the text is.
import { createInterface } from "node:readline";

import { math } from "@streamdown/math";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";

import { split, splitGrowing } from "./utils/answer_blocks.js";
import { bounded } from "./utils/answer_formulas.js";
import { AnswerParts } from "./utils/answer_parts.js";
import { rendering, renderingOfGrowing } from "./utils/answer_rendering.js";

const plugins = { math: bounded(math) };

function rendered(text, isAnimating) {
  const given = { ...(isAnimating ? renderingOfGrowing : rendering), plugins, isAnimating, split: isAnimating ? splitGrowing : split };
  return renderToStaticMarkup(createElement(AnswerParts, given, text));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { parts, growing } = JSON.parse(line);
  console.log(JSON.stringify(parts.map((part, at) => rendered(part, growing && at === parts.length - 1))));
}
