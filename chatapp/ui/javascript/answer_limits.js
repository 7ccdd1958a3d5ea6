// What a part of an answer may ask of the page. Reading marks takes time that grows with the square of their number in a
// paragraph, and the renderer calls itself for each level of nesting: without limits a text keeps the page busy for
// half a minute, or breaks it at each visit. Each test here takes time in proportion to the text.

/** Levels of quotes, lists and tags inside each other. */
export const NESTING = 100;
/** Of TeX in one block: KaTeX makes up to 200 bytes of HTML of each character. */
export const FORMULA_CHARACTERS = 1_500;
const FORMULA_NESTING = 50;
const FORMULA_COMMANDS = 200;
const DEFINITION = /\\(?:[egx]?def|(?:re)?newcommand|providecommand|(?:fut)?let)(?![a-z])/i; // a few lines of them grow without end
const CHARACTERS = 100_000;
const LINES = 1_500;
const MARKS = 2_000; // a table of 250 rows with 6 columns has 1,750
/** What may become a link or a picture takes the page so much longer than others, an item of a list twice. */
const LINK_MARKS = 4;
const ITEM_MARKS = 2;
const PARAGRAPH_MARKS = 400;

const MARGIN = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))*[ \t]*/;
const MARK = /([*_~`])\1*|\$+|[[<|&\\@]|www|https?:/gi;
const LINK = /[[@]|www|https?:/gi;
const ITEM = /[-*+\d]/;
const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,})/;

/** Whether `block` asks for so much that it is shown as it is written. */
export function isTooMuch(block) {
  if (block.length > CHARACTERS) return true;
  const lines = block.split("\n");
  return lines.length > LINES || hasTooManyMarks(lines);
}

function hasTooManyMarks(lines) {
  let fence = "";
  let marks = 0;
  let inParagraph = 0;
  for (const line of lines) {
    const [margin] = MARGIN.exec(line);
    const content = line.slice(margin.length);
    if (fence) {
      if (content.startsWith(fence) && !content.trim().replaceAll(fence[0], "")) fence = "";
      continue;
    }
    fence = FENCE.exec(content)?.[0] ?? "";
    const levels = nesting(margin);
    const found = content.match(MARK)?.length ?? 0;
    marks += found + levels + dearer(margin, content);
    inParagraph = content && !levels && !content.startsWith("|") ? inParagraph + found : found;
    if (levels > NESTING || marks > MARKS || inParagraph > PARAGRAPH_MARKS) return true;
  }
  return false;
}

/** What the marks of a line count beside one each. */
function dearer(margin, content) {
  const links = content.match(LINK)?.length ?? 0;
  return (LINK_MARKS - 1) * links + (ITEM.test(margin) ? ITEM_MARKS - 1 : 0);
}

/** How deep a line with this margin may stand: a quote or list needs a mark, or two columns that an earlier line made. */
function nesting(margin) {
  const marks = margin.match(/[^\s\d]/g)?.length ?? 0;
  const columns = margin.replaceAll("\t", "    ").match(/ /g)?.length ?? 0;
  return marks + Math.max(0, Math.floor(columns / 2) - marks);
}

/** Whether KaTeX would call itself too often for this formula, or make more of it than stands there. */
export function isTooElaborate(formula) {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of formula.matchAll(/\\(?:left|begin)(?![a-z])|\\(?:right|end)(?![a-z])|\\[^]|[{}]/gi)) {
    if (/^(?:\{|\\left|\\begin)/.test(mark)) depth += 1;
    else if (/^(?:\}|\\right|\\end)/.test(mark)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  if (DEFINITION.test(formula)) return true;
  // Roots of roots need no braces.
  return deepest > FORMULA_NESTING || (formula.match(/\\[a-z]/gi)?.length ?? 0) > FORMULA_COMMANDS;
}
