// A task's text: the server sends a tree of elements, and only those named here are made. No HTML is parsed.

import { make } from "./page.js";

const TAGS = new Set(
  "p ul ol li blockquote strong em s table thead tbody tr th td hr br code pre h3 h4 h5 h6 a".split(" "),
);

/** The elements and texts of a tree. */
export const grown = (nodes) => nodes.flatMap((node) => (typeof node === "string" ? [node] : element(node)));

function element({ tag, children, href, start }) {
  const inside = grown(children);
  if (!TAGS.has(tag)) return inside;
  const attributes = {};
  if (tag === "a") Object.assign(attributes, { href, target: "_blank", rel: "noopener noreferrer" });
  if (tag === "ol" && start) attributes.start = start;
  return [make(tag, attributes, ...inside)];
}
