// HTML in an answer: a short list of harmless elements works where it is closed. Every other tag is shown as text.

import { NESTING } from "./answer_limits.js";

const PHRASES = new Set("a b strong i em u s del ins mark small sub sup kbd code".split(" "));
const INSIDE = {
  summary: ["details"],
  tr: ["table", "thead", "tbody", "tfoot"],
  thead: ["table"],
  tbody: ["table"],
  tfoot: ["table"],
  caption: ["table"],
  td: ["tr"],
  th: ["tr"],
};
const BLOCKS = new Set(["table", "details", ...Object.keys(INSIDE)]);
const FLOW = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);
const ATTRIBUTES = { a: ["href"], img: ["src", "alt"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"] };
const NAMES = { colspan: "colSpan", rowspan: "rowSpan" };
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:[\s/][^]*)?)>$/i;
const ATTRIBUTE = /([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

const ELEMENTS = [...PHRASES, ...BLOCKS, "br", "img"];

/** Whether an element of this name may work; as far as the name is known, if there may be more of it. */
export function isElement(name, isUnfinished = false) {
  const lower = name.toLowerCase();
  return ELEMENTS.some((one) => one === lower || (isUnfinished && one.startsWith(lower)));
}

const text = (value) => ({ type: "text", value });
const asText = (node) => (node.type === "html" ? text(node.value) : node);
const isBlank = (node) => node === undefined || (node.type === "text" && !node.value.trim());
const isBlock = (node) => node.type === "formatted" && BLOCKS.has(node.data.hName);

/** Replaces the tags in a tree of markdown, in place: by elements where they work, by text elsewhere. */
export function readFormatting(parent) {
  for (const child of parent.children) if (child.children) readFormatting(child);
  if (parent.children.some((child) => child.type === "html")) parent.children = phrases(parent.children, parent.type);
  if (FLOW.has(parent.type)) parent.children = flow(parent.children);
}

function tagOf(node) {
  if (node?.type !== "html") return null;
  const [, slash, name, rest] = TAG.exec(node.value) ?? [];
  return name ? { isEnd: slash === "/", name: name.toLowerCase(), rest } : null;
}

/** The end of each element in a row of tags and other nodes, by its beginning. `accepts` says what may be one. */
function pairs(tags, accepts) {
  const ends = new Map();
  const open = [];
  const counts = {};
  tags.forEach((tag, index) => {
    if (!tag || !accepts(tag, index)) return;
    if (!tag.isEnd) {
      if (open.length >= NESTING) return;
      open.push({ name: tag.name, index });
      counts[tag.name] = (counts[tag.name] ?? 0) + 1;
    } else if (counts[tag.name]) {
      let last;
      do {
        last = open.pop();
        counts[last.name] -= 1;
      } while (last.name !== tag.name);
      ends.set(last.index, index);
    }
  });
  return ends;
}

function phrases(nodes, parentType) {
  const tags = nodes.map(tagOf);
  const ends = pairs(tags, ({ name }) => PHRASES.has(name) || (BLOCKS.has(name) && name !== "details"));
  return built(nodes, tags, ends, 0, nodes.length, parentType);
}

function built(nodes, tags, ends, from, to, parentName) {
  const made = [];
  for (let at = from; at < to; at += 1) {
    const end = ends.get(at);
    if (end === undefined) made.push(tags[at] ? single(nodes, tags, at, parentName) : asText(nodes[at]));
    else {
      made.push(...element(nodes, tags, ends, at, end, parentName));
      at = end;
    }
  }
  return made;
}

function element(nodes, tags, ends, at, end, parentName) {
  const { name, rest } = tags[at];
  const children = built(nodes, tags, ends, at + 1, end, name);
  const properties = attributes(name, rest);
  if (works(name, children, properties, parentName)) return [formatted(name, properties, children)];
  return [text(nodes[at].value), ...children, text(nodes[end].value)];
}

function works(name, children, properties, parentName) {
  if (BLOCKS.has(name)) return name === "summary" || !INSIDE[name] || INSIDE[name].includes(parentName);
  if (name === "a" && !properties.href) return false;
  // "The tags <b> and </b>" is about them. What is marked begins and ends at its tags.
  const [first, last] = [children[0], children.at(-1)];
  const isLoose = first?.type === "text" && /^\s/.test(first.value) && last?.type === "text" && /\s$/.test(last.value);
  return !isLoose && !children.every(isBlank);
}

function formatted(name, properties, children) {
  const isRow = INSIDE[name]?.includes("table") || name === "table" || name === "tr";
  const kept = isRow ? children.filter((child) => !isBlank(child)) : children;
  return { type: "formatted", data: { hName: name, hProperties: properties }, children: kept };
}

function attributes(name, rest) {
  const found = {};
  for (const [, key, ...values] of rest.matchAll(ATTRIBUTE)) {
    const lower = key.toLowerCase();
    const value = values.find((one) => one !== undefined) ?? "";
    if (ATTRIBUTES[name]?.includes(lower)) found[NAMES[lower] ?? lower] = value.replaceAll("&amp;", "&");
  }
  return found;
}

/** A tag without an end: a line break, a picture, or text; those of <details> wait for the other paragraphs. */
function single(nodes, tags, at, parentName) {
  const { name, isEnd, rest } = tags[at];
  if (name === "details") return nodes[at];
  if (name === "br" && !(isBetweenWords(nodes, at) && parentName !== "tableCell")) return { type: "break" };
  if (name === "img" && !isEnd) {
    const { src, alt } = attributes(name, rest);
    if (src) return { type: "image", url: src, alt: alt ?? "" };
  }
  return text(nodes[at].value);
}

/** "Use a <br> here" is about it. */
function isBetweenWords(nodes, at) {
  const [before, after] = [nodes[at - 1], nodes[at + 1]];
  return before?.type === "text" && /[ \t]$/.test(before.value) && after?.type === "text" && /^[ \t]/.test(after.value);
}

/** Folds what stands between `<details>` at the start of a line and `</details>` at its start or end. */
function flow(children) {
  const parts = children.flatMap((child) => (child.type === "paragraph" ? partsOf(child) : [child]));
  const tags = parts.map(tagOf);
  const ends = pairs(tags, ({ name }) => name === "details");
  return ends.size || parts.some(isBlock) ? folded(parts, tags, ends, 0, parts.length, false) : plain(children);
}

function plain(children) {
  for (const child of children) if (child.type === "paragraph") child.children = child.children.map(asText);
  return children;
}

/** A paragraph as rows of words, blocks and tags of <details> that stand where such tags work. */
function partsOf(paragraph) {
  const { children } = paragraph;
  if (!children.some((child) => isBlock(child) || child.type === "html")) return [paragraph];
  const parts = [];
  let words = [];
  const finish = () => {
    if (!words.every(isBlank)) parts.push({ type: "paragraph", children: trimmed(words) });
    words = [];
  };
  children.forEach((child, at) => {
    if (!isBlock(child) && !(child.type === "html" && standsAlone(children, at))) return words.push(asText(child));
    finish();
    parts.push(child);
  });
  finish();
  return parts;
}

function standsAlone(children, at) {
  const [before, after] = [children[at - 1], children[at + 1]];
  const startsLine = before === undefined || isBlock(before) || (before.type === "text" && /\n[ \t]*$/.test(before.value));
  const endsLine = after === undefined || (after.type === "text" && /^[ \t]*\n/.test(after.value));
  return startsLine || (endsLine && tagOf(children[at]).isEnd);
}

function trimmed(words) {
  const [first, last] = [words[0], words.at(-1)];
  if (first.type === "text") first.value = first.value.trimStart();
  if (last.type === "text") last.value = last.value.trimEnd();
  return words;
}

function folded(parts, tags, ends, from, to, isInside) {
  const made = [];
  for (let at = from; at < to; at += 1) {
    const end = ends.get(at);
    if (end !== undefined) {
      const properties = /\sopen\b/i.test(tags[at].rest) ? { open: true } : {};
      made.push(formatted("details", properties, folded(parts, tags, ends, at + 1, end, true)));
      at = end;
    } else if (parts[at].type === "html") addWords(made, [text(parts[at].value)]);
    else if (parts[at].data?.hName === "summary" && !isInside) {
      addWords(made, [text("<summary>"), ...parts[at].children, text("</summary>")]);
    } else made.push(parts[at]);
  }
  return made;
}

function addWords(made, words) {
  made.push({ type: "paragraph", children: words });
}
