/* Prose nodes to DOM: a closed set of tags, links checked, citation markers as small chips. */

import { el, outLink, safeLink, spoken } from "./dom.js";

const TAGS = { p: "p", h: "h4", ul: "ul", ol: "ol", li: "li", pre: "pre", quote: "blockquote", strong: "strong", em: "em", code: "code", br: "br" };
const MARKER = /\s*\[(\d{1,2})\]/g;

/** sources: Map of number -> source, of the same message. */
export function drawProse(nodes, sources) {
  return el("div", { class: "prose" }, ...nodes.flatMap((node) => draw(node, sources)));
}

function draw(node, sources) {
  if (node.tag === "text") return cited(node.text, sources);
  const children = (inside) => (node.children ?? []).flatMap((child) => draw(child, inside));
  if (node.tag === "pre") return [el("pre", { tabindex: "0" }, el("code", {}, ...children(null)))];
  if (node.tag === "code") return [el("code", {}, ...children(null))];
  if (node.tag === "link") {
    const href = safeLink(node.href);
    return href ? [outLink(href, {}, ...children(null))] : children(sources);
  }
  if (!Object.hasOwn(TAGS, node.tag)) return children(sources);
  return [el(TAGS[node.tag], { start: node.tag === "ol" ? node.start : null }, ...children(sources))];
}

/** "[1]" becomes a chip only where the message has a source 1; inside links and code it stays text. */
function cited(text, sources) {
  if (!sources?.size) return [text];
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARKER)) {
    const source = sources.get(Number(match[1]));
    if (!source) continue;
    parts.push(text.slice(from, match.index), chip(source));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

function chip(source) {
  const href = safeLink(source.link);
  const number = [spoken("["), String(source.number), spoken("]")];
  const props = { class: "cite", title: source.title, "aria-label": `Source ${source.number}: ${source.title}` };
  return el("sup", {}, href ? outLink(href, props, ...number) : el("span", { class: "cite", title: source.title }, ...number));
}
