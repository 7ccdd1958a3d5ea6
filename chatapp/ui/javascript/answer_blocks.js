// Cuts an answer into blocks that are rendered apart: while it grows, only the last of them is rendered again.
// A cut is made only where every reading of markdown starts over: at an unindented line behind a blank one, outside of
// code, maths, lists and <details>. Each block takes along the definitions of the links in it.
import remend from "remend";

import { endings, settled } from "./answer_growing.js";
import { isTooMuch } from "./answer_limits.js";

/** What a definition of a link leads to; `[Note]: important` is none, but words to be shown. */
export const ADDRESS = /^(?:https?:|mailto:|www\.|\.{1,2}\/|[\w-]+\.[a-z])/i;

const LINE = /[^\n]*(?:\n|$)/g;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const DETAILS_LINE = /^ {0,3}<\/?details[\s>]/i;
const DETAILS = /<details[\s>]/gi;
const DETAILS_END = /<\/details>/gi;
const DEFINITION = /^ {0,3}\[(?!\^)((?:\\.|[^[\]\\])+)\]:[ \t]*<?(\S+)/;
const FOOTNOTE = /^ {0,3}\[\^[^\]\s]+\]:/m;
const TO_LAST_PARAGRAPH = /^[^]*\n[ \t>]*\n/;
const LABEL = /\[((?:\\.|[^[\]\\])+)\]/g;
/** Of accents on a letter, a browser takes time for that grows with the square of their number: see ui/text/accents.py. */
const TOWER = /(\p{M}{30})\p{M}+/gu;
const REPAIR = {
  linkMode: "text-only",
  htmlTags: false,
  katex: false,
  singleTilde: false,
  comparisonOperators: false,
};

/** The blocks of `markdown`. Footnotes are numbered over all of a text, so a text with some stays one block. */
export const split = (markdown) => read(markdown).blocks;

/** The blocks of a text that still grows: what is half written in its last paragraph is shown as if it were closed. */
export function splitGrowing(markdown) {
  const { blocks, fence, detailsDepth } = read(markdown);
  if (!blocks.length || isTooMuch(blocks.at(-1))) return blocks;
  const last = blocks.pop();
  const repaired = fence ? last : withRepairedEnd(last);
  const ending = detailsDepth ? `\n${fence}\n` + "\n</details>".repeat(detailsDepth) : "";
  if (repaired.trim()) blocks.push(repaired + ending);
  return blocks;
}

function withRepairedEnd(block) {
  const [before] = TO_LAST_PARAGRAPH.exec(block) ?? [""];
  const paragraph = settled(block.slice(before.length));
  return before + remend(paragraph, REPAIR) + endings(paragraph);
}

function read(markdown) {
  const reader = new Reader();
  const text = markdown.replace(/\r\n?/g, "\n").replace(TOWER, "$1");
  for (const [line] of text.matchAll(LINE)) reader.read(line);
  const { fence, detailsDepth } = reader;
  const blocks = FOOTNOTE.test(text) ? [text] : reader.end();
  return { fence, detailsDepth, blocks: blocks.map((block) => withDefinitions(block, reader.definitions)) };
}

class Reader {
  blocks = [];
  block = "";
  definitions = new Map();
  fence = "";
  isMaths = false;
  hasList = false;
  detailsDepth = 0;
  isBehindBlank = true;
  mayDefine = true;

  read(line) {
    const content = line.trimEnd();
    if (this.isBehindBlank && /^\S/.test(content) && this.startsAnew(content)) this.begin();
    if (this.fence) this.readCode(content);
    else this.readText(content);
    this.block += line;
    this.isBehindBlank = !content;
  }

  end() {
    this.begin();
    return this.blocks;
  }

  startsAnew(content) {
    return !this.fence && !this.isMaths && !this.detailsDepth && !(this.hasList && LIST.test(content));
  }

  begin() {
    if (this.block) this.blocks.push(this.block);
    this.block = "";
    this.hasList = false;
  }

  readCode(content) {
    const mark = content.trim();
    if (mark.length >= this.fence.length && mark === this.fence[0].repeat(mark.length)) this.fence = "";
  }

  readText(content) {
    if (content.replace(/^[ \t>]+/, "") === "$$") this.isMaths = !this.isMaths;
    if (this.isMaths) return;
    this.fence = FENCE.exec(content)?.[1] ?? "";
    this.hasList ||= LIST.test(content);
    this.readDefinition(content);
    this.readDetails(content);
  }

  readDefinition(content) {
    const [, label, address] = (this.mayDefine && DEFINITION.exec(content)) || [];
    if (ADDRESS.test(address ?? "") && !this.definitions.has(normal(label))) this.definitions.set(normal(label), content);
    this.mayDefine = !content || Boolean(label);
  }

  readDetails(content) {
    const startsLine = DETAILS_LINE.test(content);
    // Without a blank line before it the tag would belong to the list or paragraph above.
    if (startsLine && !this.isBehindBlank) this.block += "\n";
    if (startsLine) this.detailsDepth += content.match(DETAILS)?.length ?? 0;
    if (this.detailsDepth) this.detailsDepth -= content.match(DETAILS_END)?.length ?? 0;
    this.detailsDepth = Math.max(0, this.detailsDepth);
  }
}

function withDefinitions(block, definitions) {
  if (!definitions.size) return block;
  const used = new Set();
  for (const [, label] of block.matchAll(LABEL)) {
    const definition = definitions.get(normal(label));
    if (definition && !block.includes(definition)) used.add(definition);
  }
  return used.size ? [...used, "", block].join("\n") : block;
}

function normal(label) {
  return label.replace(/\s+/g, " ").trim().toLowerCase();
}
