// The end of a text that still grows. What may turn into something else with the next words waits for them, so that
// nothing raw flashes: the first rows of a table, marks at the start of a line, half a tag. All of it is bounded.
import { SKIP, visit } from "unist-util-visit";

import { isElement } from "./answer_formatting.js";

/** Characters of the first row of a table, and of one without a bar at its start, which is more likely prose. */
const ROW = 600;
const LOOSE_ROW = 120;
const TAGS_IN_A_ROW = 10;
/** At the end of a text. */
const END = 200;

const MARGIN = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))*[ \t]*/;
const ONLY_MARKS = /^(?:\d{1,9}[.)]?|#{1,6}[ \t]*|[-*+_=~`]+[ \t]*|\[[ x]?\]?[ \t]*)?$/i;
const MAY_BE_DELIMITERS = /^[ \t|:-]*$/;
const UNFINISHED = /(?:[*_~]+|\]|&(?:#?[a-z0-9]{0,8})|\[\^[^\]\s]{0,40})$/i;
const TAG = /<(\/?)([a-z][a-z0-9]*)?(\s[^<>\n]*)?(>)?$/i;
const TAGS = /(`+)|<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?>(?=(\S?))/gi;
/** The ends of <details> are put behind all blocks in it. */
const HAS_NO_END = new Set(["br", "img", "details"]);
const NO_BARS = /\\[^]|\$\$[^$]*\$\$|`[^`]*(?:`|$)/g;
const WORDS = /\S*?[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,8}\s*|\S+\s*|\s+/gu;
const UNTOUCHED = new Set(["pre", "code", "svg"]);

/** The last paragraph of a growing text as far as it is shown yet. */
export function settled(paragraph) {
  const lines = paragraph.split("\n");
  const text = withoutTable(lines) ?? withoutMarks(lines) ?? paragraph;
  const end = text.slice(-END);
  return withoutTag(text.slice(0, text.length - end.length) + end.replace(UNFINISHED, ""));
}

/** What ends the elements of HTML that are open at the end of `paragraph`, which are not known to be words. */
export function endings(paragraph) {
  const open = [];
  let code = "";
  for (const [, ticks, slash, name, next] of paragraph.matchAll(TAGS)) {
    if (ticks) code = code === ticks ? "" : code || ticks;
    if (ticks || code || !isElement(name) || HAS_NO_END.has(name.toLowerCase())) continue;
    if (!slash && next) open.push(name.toLowerCase());
    if (slash && open.includes(name.toLowerCase())) open.length = open.lastIndexOf(name.toLowerCase());
  }
  return open.reverse().map((name) => `</${name}>`).join("");
}

function withoutTable(lines) {
  const [row, last] = lines.slice(-2).map(contentOf);
  const isInTable = hasDelimiters(lines.slice(0, -1));
  if (isInTable) return;
  if (last !== undefined && row.includes("|") && MAY_BE_DELIMITERS.test(last)) return upToBar(lines, lines.length - 2);
  return (last ?? row).includes("|") ? upToBar(lines, lines.length - 1) : undefined;
}

/** Whether the last of these lines are rows of a table. */
function hasDelimiters(lines) {
  for (let at = lines.length - 1; at > 0; at -= 1) {
    const line = contentOf(lines[at]);
    const isDelimiters = MAY_BE_DELIMITERS.test(line) && line.includes("-");
    if (isDelimiters && contentOf(lines[at - 1]).includes("|")) return true;
    if (!line.includes("|")) return false;
  }
  return false;
}

function upToBar(lines, number) {
  const line = lines[number];
  const bar = crossedOut(line).indexOf("|");
  const isRow = contentOf(line).startsWith("|");
  const waiting = lines.slice(number).join("\n").length - bar;
  if (waiting > (isRow ? ROW : LOOSE_ROW)) return undefined;
  return [...lines.slice(0, number), isRow ? "" : line.slice(0, bar)].join("\n");
}

function withoutMarks(lines) {
  const [line] = lines.slice(-1);
  return line.trim() && ONLY_MARKS.test(contentOf(line)) ? [...lines.slice(0, -1), ""].join("\n") : undefined;
}

function withoutTag(text) {
  let shown = text;
  for (let tags = 0; tags < TAGS_IN_A_ROW; tags += 1) {
    const [all, , name = "", rest, end] = TAG.exec(shown.slice(-END)) ?? [];
    const isDetails = end && /^details$/i.test(name);
    if (!all || isDetails || !isElement(name, rest === undefined && !end)) break;
    shown = shown.slice(0, -all.length);
  }
  return shown;
}

function contentOf(line) {
  return crossedOut(line).replace(MARGIN, "");
}

/** The line with letters for formulas and code, in which bars are no ends of cells. */
function crossedOut(line) {
  return line.replace(NO_BARS, (found) => "x".repeat(found.length));
}

/** Words are texts of their own in the page: a selection stays where it is while others come behind it. */
export const keepWords = () => (tree) => {
  visit(tree, (node, at, parent) => {
    if (UNTOUCHED.has(node.tagName) || node.properties?.className?.some?.((name) => /math/.test(name))) return SKIP;
    if (node.type !== "text" || !parent) return;
    const words = node.value.match(WORDS) ?? [];
    if (words.length < 2) return;
    parent.children.splice(at, 1, ...words.map((value) => ({ type: "text", value })));
    return at + words.length;
  });
};
