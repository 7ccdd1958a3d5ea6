// Lists: room for their numbers, tasks whose boxes are labelled with their words. What stands at the side of a text
// (markers, the line of a quotation, the first column of a table) is at the side where that text begins.
import { visit } from "unist-util-visit";

const HAS_SIDES = ["ul", "ol", "blockquote", "table"];
/** For numbers of so many digits each list has room. */
const DIGITS = 2;
const BLOCKS = new Set("p ul ol pre blockquote table h1 h2 h3 h4 h5 h6 hr details div".split(" "));

export const arrangeLists = () => (tree) => {
  visit(tree, "element", (element) => {
    const { tagName, properties } = element;
    if (HAS_SIDES.includes(tagName)) properties.dir = "auto";
    if (tagName === "ol") makeRoom(element);
    if (tagName === "li" && properties.className?.includes("task-list-item")) label(element);
  });
};

function makeRoom({ properties, children }) {
  const first = Number(properties.start ?? 1);
  const last = first + children.filter(({ tagName }) => tagName === "li").length - 1;
  const digits = Math.max(String(first).length, String(last).length);
  if (digits > DIGITS) properties.style = `--marker: calc(${digits}ch + 0.75em)`;
}

/** The words are those up to the first block: a list of other tasks, or code. */
function label(item) {
  const isBox = ({ tagName }) => tagName === "input";
  const { children } = item.children.find((child) => child.children?.some(isBox)) ?? item;
  const start = children.findIndex(isBox);
  if (start < 0) return;
  const block = children.findIndex((child, at) => at > start && BLOCKS.has(child.tagName));
  const words = children.slice(start, block < 0 ? undefined : block);
  children.splice(start, words.length, { type: "element", tagName: "label", properties: {}, children: words });
}
