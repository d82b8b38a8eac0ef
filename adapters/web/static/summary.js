/* What a thread looks like from outside: who answered, how often, when last, what is new. */

import { el, spoken } from "./dom.js";
import { icon } from "./icons.js";
import { dots } from "./note.js";
import { avatar } from "./people.js";
import { ago } from "./time.js";
import { entriesOf, messagesOf } from "./view.js";

const FACES = 3;

/** A foot for drawMessage: { version, draw }. open: called to open the thread; expanded: null where it opens elsewhere. */
export function threadSummary(state, pane, root, { open, expanded = null }) {
  const replies = messagesOf(entriesOf(state, pane, root.channel, root.id));
  const fresh = replies.filter((reply) => state.unread.has(reply.id)).length;
  const status = state.statuses.get(state.slot(root.channel, root.id)) ?? "";
  const last = replies.at(-1);
  const draw = () =>
    el(
      "button",
      { type: "button", class: `summary${replies.length ? "" : " summary-bare"}`, "data-thread": root.id, "aria-expanded": expanded === null ? null : String(expanded), onclick: open },
      replies.length ? faces(replies) : icon("reply", 15),
      el("span", { class: "summary-count" }, caption(replies.length, expanded)),
      fresh ? el("span", { class: "badge" }, `${fresh} new`) : null,
      status ? [dots(), el("span", { class: "summary-about" }, status)] : last ? el("span", { class: "summary-about" }, spoken(", "), "Last reply ", ago(last.at)) : null,
      expanded === null ? null : icon("chevron", 16),
    );
  return { version: [replies.length, fresh, status, last?.at, expanded].join(" "), draw };
}

function caption(replies, expanded) {
  if (replies === 0) return expanded ? "Hide thread" : "Reply in thread";
  return replies === 1 ? "1 reply" : `${replies} replies`;
}

function faces(replies) {
  const authors = new Map();
  for (const { author } of replies) authors.set(`${author.id} ${author.relayed} ${author.name}`, author);
  return el("span", { class: "faces" }, ...[...authors.values()].slice(0, FACES).map((author) => avatar(author, "small")));
}
