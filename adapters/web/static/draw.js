/* Blocks to DOM: one function per kind. An unknown kind draws nothing. */

import { el, outLink, safeLink, spoken } from "./dom.js";
import { icon } from "./icons.js";
import { drawProse } from "./prose.js";

const BUTTON_STYLES = new Set(["plain", "primary", "danger"]);

/**
 * @param blocks   of a message or a private reply
 * @param context  { bot, busy, press }: the bot's name, to highlight its mention; the press under way, or null;
 *                 what to call with a pressed button
 */
export function drawBlocks(blocks, context) {
  const sources = new Map();
  for (const block of blocks) {
    if (block.kind === "sources") for (const item of block.items) sources.set(item.number, item);
  }
  return blocks.map((block) => (Object.hasOwn(KINDS, block.kind) ? KINDS[block.kind](block, { ...context, sources }) : null));
}

const KINDS = {
  prose: ({ nodes }, { sources }) => drawProse(nodes, sources),

  plain({ text, quoted }, { bot }) {
    const words = el("p", { class: "words" }, ...mentioned(text, bot));
    return quoted ? el("blockquote", { class: "quoted" }, words) : words;
  },

  fields: ({ items }) =>
    el("dl", { class: "fields" }, ...items.map(({ label, value }) => el("div", {}, el("dt", {}, label), el("dd", {}, value)))),

  sources: ({ items }) =>
    items.length ? el("ol", { class: "sources", "aria-label": "Sources" }, ...items.map((item) => el("li", {}, source(item)))) : null,

  note: ({ text }) => el("p", { class: "note" }, icon("info", 15), el("span", {}, text)),

  buttons: ({ items }, { busy, press }) => el("div", { class: "buttons" }, ...items.map((item) => button(item, busy, press))),
};

function mentioned(text, bot) {
  if (!bot) return [text];
  const mention = `@${bot}`;
  const parts = [];
  let from = 0;
  for (;;) {
    const at = text.toLowerCase().indexOf(mention.toLowerCase(), from);
    if (at < 0) return [...parts, text.slice(from)];
    parts.push(text.slice(from, at), el("span", { class: "mention" }, text.slice(at, at + mention.length)));
    from = at + mention.length;
  }
}

function source({ number, title, link, age, owner }) {
  const href = safeLink(link);
  const about = [owner, age].filter(Boolean).join(" · ");
  const inside = [
    el("span", { class: "source-number" }, spoken("Source "), String(number)),
    el("span", { class: "source-text" }, el("span", { class: "source-title" }, title), about && el("span", { class: "source-about" }, about)),
    href && icon("external", 15),
  ];
  return href ? outLink(href, { class: "source", title: href }, ...inside) : el("span", { class: "source" }, ...inside);
}

/** Not natively disabled while waiting: that would throw keyboard focus away. */
function button({ label, action, value, style }, busy, press) {
  const pressed = busy !== null && busy.action === action && busy.value === value;
  return el(
    "button",
    {
      type: "button",
      class: `button button-${BUTTON_STYLES.has(style) ? style : "plain"}${pressed ? " button-busy" : ""}`,
      "data-action": action,
      "data-value": value,
      "aria-disabled": busy ? "true" : null,
      "aria-busy": pressed ? "true" : null,
      onclick: () => busy || press({ action, value }),
    },
    el("span", {}, label),
  );
}
