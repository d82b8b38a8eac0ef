/* What the three panes share: a header with a person switcher and a badge, a typing line, an empty state. */

import { el, spoken } from "./dom.js";
import { icon } from "./icons.js";
import { dots } from "./note.js";
import { avatar } from "./people.js";
import { drawSwitcher } from "./switcher.js";

export class PaneHeader {
  #pane;
  #badge = el("span", { class: "badge", hidden: true });
  #people = el("div", {});
  #drawnFor = null;

  constructor(pane, title, subtitle) {
    this.#pane = pane;
    this.node = el(
      "header",
      { class: "pane-header" },
      el("div", { class: "pane-heading" }, el("h2", { id: `${pane}-title` }, title, this.#badge), el("p", {}, subtitle)),
      this.#people,
    );
  }

  update(state, become, unread) {
    drawBadge(this.#badge, unread);
    const wanted = JSON.stringify(state.peopleOf(this.#pane)) + state.viewing[this.#pane];
    if (wanted === this.#drawnFor) return;
    const focused = this.#people.contains(document.activeElement);
    this.#drawnFor = wanted;
    this.#people.replaceChildren(drawSwitcher(this.#pane, state.peopleOf(this.#pane), state.viewing[this.#pane], become));
    if (focused) this.#people.querySelector("input:checked")?.focus();
  }
}

export function drawBadge(node, unread) {
  node.hidden = unread === 0;
  const text = unread > 99 ? "99+" : String(unread);
  if (node.dataset.count === text) return;
  node.dataset.count = text;
  node.replaceChildren(text, spoken(unread === 1 ? " new message" : " new messages"));
}

/** "Frontdesk … Searching the help centre": stays in the page so that readers hear it change. */
export class StatusLine {
  #text = "";

  constructor() {
    this.node = el("div", { class: "status", role: "status", "aria-live": "polite", "data-testid": "status" });
  }

  update(state, text = "") {
    if (text === this.#text) return;
    this.#text = text;
    const bot = { id: "frontdesk", name: state.workspace.bot, kind: "bot" };
    this.node.replaceChildren(...(text ? [avatar(bot), dots(), el("span", { class: "status-text" }, text)] : []));
  }
}

/** What a pane shows before anything has happened in it. */
export function emptyState({ mark, title, text }, ...more) {
  return el("div", { class: "empty" }, el("div", { class: "empty-mark" }, mark), el("p", { class: "empty-title" }, title), el("p", { class: "empty-text" }, text), ...more);
}

export function paneMark(name) {
  return icon(name, 24);
}

export function skeleton() {
  const line = (size) => el("span", { class: `bone bone-${size}` });
  const row = () => el("div", { class: "skeleton-row" }, el("span", { class: "bone bone-face" }), el("div", {}, line("short"), line("long"), line("middle")));
  return el("div", { class: "skeleton" }, spoken("Loading"), row(), row());
}
