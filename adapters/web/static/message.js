/* One message as it stands in a log, and what its sender may do while it is on its way. */

import { el, spoken } from "./dom.js";
import { drawBlocks } from "./draw.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { timeOf } from "./time.js";

/**
 * @param message  as in the contract; "local" is "sending", "sent" or "refused" while only this page has it
 * @param context  { state, actions, pane, entry, thread, foot }; foot: nodes shown under the words
 */
export function drawMessage(message, { state, actions, pane, entry, thread = null, foot = [] }) {
  const { author, tone, title } = message;
  const bot = state.workspace.bot;
  const place = { pane, channel: message.channel, thread, after: entry };
  const busy = state.busyPress(message.id);
  const internal = isInternalNote(state, message);
  const content = drawBlocks(message.blocks, {
    bot: author.kind === "person" || author.relayed ? bot : null,
    busy,
    press: (button) => actions.press(place, message.id, button),
  });
  const heading = title ? el("h3", { class: "card-title" }, toneIcon(tone), el("span", {}, title)) : null;
  const carded = heading || tone !== "plain";
  return el(
    "article",
    {
      class: ["message", message.local && `message-${message.local}`, message.only_for && "message-private", internal && "message-internal"].filter(Boolean).join(" "),
      "data-message-id": message.id,
      "data-author": author.id,
      "aria-label": `${author.name}${message.only_for ? ", only visible to you" : ""}`,
    },
    message.only_for ? marker("eye", "Only visible to you") : null,
    internal ? marker("lock", "Internal note, stays in this channel") : null,
    el("div", { class: "gutter" }, avatar(author)),
    el(
      "div",
      { class: "message-body" },
      byline(message, bot),
      carded ? el("div", { class: `card card-${tone}` }, heading, ...content) : content,
      message.local === "refused" ? refusal(message, actions) : null,
      ...foot,
    ),
  );
}

export function marker(name, text) {
  return el("p", { class: "marker" }, icon(name, 14), el("span", {}, text));
}

export function byline({ author, at, edited, local }, bot) {
  const via = author.relayed ? el("span", { class: "tag tag-via" }, `via ${bot}`) : null;
  const app = author.kind === "bot" && !author.relayed ? el("span", { class: "tag" }, "App") : null;
  return el(
    "header",
    { class: "byline" },
    el("span", { class: "author" }, author.name),
    via ?? app,
    local === "sending" ? el("span", { class: "delivery" }, "Sending…") : timeOf(at),
    edited ? el("span", { class: "delivery" }, "(edited)") : null,
  );
}

function toneIcon(tone) {
  if (tone === "attention") return [spoken("Needs attention: "), icon("alert", 18)];
  if (tone === "done") return [spoken("Done: "), icon("done", 18)];
  return [];
}

function refusal(message, actions) {
  return el(
    "div",
    { class: "refusal", role: "alert" },
    icon("alert", 15),
    el("span", { class: "refusal-text" }, message.reason || "This message was not sent."),
    el("button", { type: "button", class: "link-button", onclick: () => actions.retry(message) }, "Try again"),
    el("button", { type: "button", class: "link-button quiet", onclick: () => actions.discard(message) }, "Discard"),
  );
}

function isInternalNote(state, { channel, thread, author, blocks }) {
  if (!thread || author.kind !== "person" || state.channel(channel)?.pane !== "support") return false;
  return blocks[0]?.kind === "plain" && blocks[0].text.startsWith("!");
}
