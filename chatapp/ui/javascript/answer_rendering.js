// How an answer is rendered: properties of Streamdown that never change. Objects recreated at each render would defeat
// its memory of finished blocks (3.5 times the work).
import { harden } from "rehype-harden";
import { defaultRehypePlugins } from "streamdown";

import { AnswerBlock } from "./answer_block.js";
import { boundFormulas } from "./answer_formulas.js";
import { keepWords } from "./answer_growing.js";
import { describeImages } from "./answer_images.js";
import { showTargets } from "./answer_links.js";
import { arrangeLists } from "./answer_lists.js";
import { outwardLinks, remarkPlugins } from "./answer_syntax.js";
import { COPY_CODE } from "./words.js";

// Relative links resolve against this name, which never exists: a model knows no page of ours.
const NOWHERE = "https://relative.invalid";

const [sanitize, schema] = defaultRehypePlugins.sanitize;
const SCHEMA = {
  ...schema,
  clobberPrefix: "", // the only ids are those of footnotes, which have ours
  tagNames: [...schema.tagNames, "caption", "mark", "small", "u"],
  protocols: { ...schema.protocols, href: ["http", "https", "mailto"], src: ["http", "https"] },
};
const LINKS_AND_IMAGES = {
  defaultOrigin: NOWHERE,
  allowedLinkPrefixes: ["*"],
  allowedImagePrefixes: [],
  blockedLinkClass: "text-muted-foreground",
};

export const rendering = {
  remarkPlugins,
  remarkRehypeOptions: { clobberPrefix: "md-" },
  rehypePlugins: [
    ...[outwardLinks, [sanitize, SCHEMA], describeImages, [harden, LINKS_AND_IMAGES]],
    ...[boundFormulas, showTargets, arrangeLists],
  ],
  BlockComponent: AnswerBlock,
  mode: "streaming", // the other renders a text as one block, and so differently
  parseIncompleteMarkdown: false, // done where the text is cut, and only for the last block
  lineNumbers: false,
  codeBlockMaxHeight: 0, // no scrolling inside scrolling
  tableMaxHeight: 0,
  controls: { table: false, image: false, mermaid: false },
  linkSafety: { enabled: false },
  translations: { copyCode: COPY_CODE },
};

/** The same for a text that grows, or did while it was in the page. */
export const renderingOfGrowing = { ...rendering, rehypePlugins: [...rendering.rehypePlugins, keepWords] };
