// Says beside a link where it leads when its words are another address: [bank.example](https://evil.example).
import { visit } from "unist-util-visit";

import { textOf } from "./answer_formulas.js";

// A host's name as people read one; names of files such as Node.js are none.
const HOST = /(?:[\p{L}\p{N}\p{M}_-]+[.\u3002])+(?!js\b)[\p{L}\p{M}][\p{L}\p{N}\p{M}-]+/giu;

const UNSEEN = /\p{Cf}/gu;
// Behind one of these, moc.elpmaxe.live reads as evil.example.com.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

export const showTargets = () => (tree) => {
  visit(tree, { tagName: "a" }, (link) => {
    const target = hostOf(link.properties.href);
    if (!target) return;
    link.properties.title = link.properties.href;
    const words = textOf(link).normalize("NFKC");
    const hosts = words.replace(UNSEEN, "").match(HOST) ?? [];
    if (!TURNS.test(words) && hosts.every((host) => isSame(host, target))) return;
    link.children.push({ type: "text", value: " " }, apart(`(${target})`));
  });
};

/** Words that nothing around them turns. */
function apart(value) {
  return { type: "element", tagName: "bdi", properties: {}, children: [{ type: "text", value }] };
}

function hostOf(address) {
  if (!URL.canParse(address)) return "";
  const { protocol, host, pathname } = new URL(address);
  return protocol === "mailto:" ? pathname.slice(pathname.lastIndexOf("@") + 1).toLowerCase() : host;
}

function isSame(host, target) {
  const [shown, meant] = [hostOf(`http://${host}`), target.replace(/:\d+$/, "")].map((one) => one.replace(/^www\./, ""));
  return shown === meant;
}
