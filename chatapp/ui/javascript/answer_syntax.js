// What an answer's markdown means beyond GitHub's: no HTML but a few harmless elements, which are closed and stand where
// they can only be meant; all else in angle brackets is text. Links lead to web and mail addresses, footnotes stay.
import remarkCjk from "remark-cjk-friendly";
import remarkCjkStrikethrough from "remark-cjk-friendly-gfm-strikethrough";
import remarkGfm from "remark-gfm";
import { SKIP, visit } from "unist-util-visit";

import { ADDRESS } from "./answer_blocks.js";
import { readFormatting } from "./answer_formatting.js";

const WEB_OR_MAIL = /^(https?:\/\/|mailto:)/i;
const ADDRESS_START = /https?:\/\/|www\./i;
// Full-width and other East Asian punctuation ends a bare address, in a host's name every East Asian letter does.
const ADDRESS_END = /[\u2018-\u201d\u2026\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]/u;
const HOST_END = /^((?:https?:\/\/)?[\w.:@-]+\.[a-z]{2,})(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/iu;

function withoutHtmlBlocks() {
  // They would swallow everything up to the next blank line, and a comment or script that is never closed all the rest.
  (this.data().micromarkExtensions ??= []).push({ disable: { null: ["htmlFlow"] } });
}

const formatting = () => (tree, file) => {
  if (String(file).includes("<")) readFormatting(tree);
};

/** A bare address ends where East Asian text goes on behind it. */
const endBareAddresses = () => (tree, file) => {
  const source = String(file);
  visit(tree, "link", (link, index, parent) => {
    const [text] = link.children;
    const isBare = text?.type === "text" && link.url.endsWith(text.value) && source[link.position?.start.offset] !== "<";
    if (!isBare || source[link.position?.start.offset] === "[" || addressEnd(text.value) < 0) return;
    const parts = bareAddresses(text.value);
    parent.children.splice(index, 1, ...parts);
    return index + parts.length;
  });
};

function addressEnd(text) {
  const ends = [text.search(ADDRESS_END), HOST_END.exec(text)?.[1].length ?? -1].filter((end) => end >= 0);
  return ends.length ? Math.min(...ends) : -1;
}

function bareAddresses(text) {
  const parts = [];
  for (let rest = text; rest; ) {
    const start = rest.search(ADDRESS_START);
    if (start !== 0) {
      const before = start < 0 ? rest : rest.slice(0, start);
      parts.push({ type: "text", value: before });
      rest = rest.slice(before.length);
      continue;
    }
    const end = addressEnd(rest);
    const address = end < 0 ? rest : rest.slice(0, Math.max(end, 1));
    const url = /^www/i.test(address) ? `http://${address}` : address;
    parts.push({ type: "link", url, children: [{ type: "text", value: address }] });
    rest = rest.slice(address.length);
  }
  return parts;
}

/** Cells beyond those of a table's first row would not be shown. */
const showAllCells = () => (tree) => {
  visit(tree, "table", (table) => {
    const most = table.children.reduce((count, row) => Math.max(count, row.children.length), 0);
    while (table.align.length < most) table.align.push(null);
  });
};

/** Footnotes that nothing leads to, and what only looks like a link's definition, would not be shown at all. */
const showUnused = () => (tree) => {
  const shown = footnotesShown(tree);
  visit(tree, ["footnoteDefinition", "definition"], (node, index, parent) => {
    if (node.type === "definition" ? ADDRESS.test(node.url) : shown.has(node)) return;
    const words = node.type === "definition" ? wordsOfDefinition(node) : wordsOfFootnote(node);
    parent.children.splice(index, 1, ...words);
    return index; // among these words may be others
  });
};

/** The first note of each label that the text refers to, or a note that is shown. */
function footnotesShown(tree) {
  const notes = new Map();
  visit(tree, "footnoteDefinition", (note) => void (notes.has(note.identifier) || notes.set(note.identifier, note)));
  const shown = new Set();
  const follow = (parent) =>
    visit(parent, ["footnoteReference", "footnoteDefinition"], (node) => {
      if (node.type === "footnoteDefinition") return node === parent ? undefined : SKIP;
      const note = notes.get(node.identifier);
      if (note && !shown.has(note)) follow(shown.add(note) && note);
    });
  if (notes.size) follow(tree);
  return shown;
}

function wordsOfDefinition({ label, url, title }) {
  return [{ type: "paragraph", children: [{ type: "text", value: `[${label}]: ${url}${title ? ` "${title}"` : ""}` }] }];
}

function wordsOfFootnote({ label, children: [first, ...rest] }) {
  const mark = { type: "text", value: `[^${label}]: ` };
  if (first?.type === "paragraph") return [{ ...first, children: [mark, ...first.children] }, ...rest];
  return [{ type: "paragraph", children: [mark] }, ...(first ? [first] : []), ...rest];
}

/** Other links would lead to pages of ours, which no model knows, or open programs. Their address stays as a tooltip. */
export const outwardLinks = () => (tree) => {
  visit(tree, { tagName: "a" }, (link) => {
    const { href, dataFootnoteRef, dataFootnoteBackref } = link.properties;
    if (dataFootnoteRef !== undefined || dataFootnoteBackref !== undefined || WEB_OR_MAIL.test(href ?? "")) return;
    link.tagName = "span";
    link.properties = { title: href };
  });
};

export const remarkPlugins = [
  withoutHtmlBlocks,
  remarkCjk,
  [remarkGfm, { singleTilde: false }],
  [remarkCjkStrikethrough, { singleTilde: false }],
  formatting,
  endBareAddresses,
  showAllCells,
  showUnused,
];
