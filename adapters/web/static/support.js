/* The support channel: handoff cards, each with its thread opened beneath it. */

import { CardThread } from "./cardthread.js";
import { commandHint, Composer } from "./composer.js";
import { el } from "./dom.js";
import { conversation, Log } from "./log.js";
import { emptyState, PaneHeader, paneMark, skeleton, StatusLine } from "./panes.js";
import { threadSummary } from "./summary.js";
import { entriesOf, messagesOf, withNotesInPlace } from "./view.js";

const PANE = "support";

export class SupportPane {
  #state;
  #actions;
  #header = new PaneHeader(PANE, "Support channel", "What support staff see");
  #status = new StatusLine();
  #log = new Log("Support channel", this.#status.node);
  #composer = new Composer({ label: "Message the support channel", testid: "composer", compact: true, submit: (text) => this.#submit(text), hint: commandHint });
  #threads = new Map(); // entry key of the root -> CardThread
  #expanded = new Set(); // entry keys of roots
  #follow = false;

  constructor(node, state, actions) {
    this.#state = state;
    this.#actions = actions;
    node.append(this.#header.node, el("div", { class: "pane-body" }, this.#log.node, this.#composer.node));
  }

  focusComposer() {
    this.#composer.focus();
  }

  /** Fold the thread the keyboard is in; returns whether there was one. */
  close() {
    for (const [key, thread] of this.#threads) {
      if (!thread.node.contains(document.activeElement)) continue;
      this.#toggle(key);
      return true;
    }
    return false;
  }

  update(active) {
    const state = this.#state;
    const channel = state.channelsOf(PANE)[0];
    if (!state.loaded || !channel) {
      this.#log.draw([{ key: "loading", version: [], draw: skeleton }], { place: "loading" });
      return;
    }
    this.#expandClaimed();
    const shown = withNotesInPlace(entriesOf(state, PANE, channel.id, null));
    if (active) this.#read(shown);
    const context = { state, actions: this.#actions, pane: PANE, thread: null };
    const footOf = (message) => {
      const key = state.keyOf(message);
      return threadSummary(state, PANE, message, { open: () => this.#toggle(key), expanded: this.#expanded.has(key) });
    };
    const items = this.#withThreads(conversation(shown, context, { footOf }));
    if (!shown.length) items.push({ key: "empty", version: [], draw: quiet });
    this.#status.update(state, state.statuses.get(state.slot(channel.id, null)));
    this.#log.draw(items, { place: `${state.viewing[PANE]} ${channel.id}`, follow: this.#follow });
    this.#follow = false;
    this.#composer.enter(channel.id, { label: "Message the support channel", placeholder: "Message #support" });
  }

  /** A thread comes after its card and the private notes the card's buttons brought. */
  #withThreads(items) {
    return items.flatMap((item, at) => {
      const card = item.after ?? item.key;
      const last = items[at + 1]?.after !== card;
      return last && this.#expanded.has(card) ? [item, this.#threadItem(card)] : [item];
    });
  }

  updateBadges(unread) {
    this.#header.update(this.#state, (pane, person) => this.#actions.become(pane, person), unread);
  }

  #read(shown) {
    const state = this.#state;
    for (const message of messagesOf(shown)) {
      state.unread.delete(message.id);
      if (!this.#expanded.has(state.keyOf(message))) continue;
      for (const reply of messagesOf(entriesOf(state, PANE, message.channel, message.id))) state.unread.delete(reply.id);
    }
  }

  /** Who claims a card is about to reply under it. */
  #expandClaimed() {
    for (const press of this.#state.presses.values()) {
      if (press.pane !== PANE || press.action !== "claim" || !press.effective || press.expanded) continue;
      press.expanded = true;
      this.#expanded.add(press.after);
    }
  }

  #threadItem(key) {
    let thread = this.#threads.get(key);
    if (!thread) {
      thread = new CardThread(PANE, key, this.#state, this.#actions, () => this.#toggle(key));
      this.#threads.set(key, thread);
    }
    thread.update();
    return { key: `thread ${key}`, version: [], draw: () => thread.node };
  }

  #toggle(key) {
    const opening = !this.#expanded.delete(key);
    if (opening) this.#expanded.add(key);
    this.update(true);
    this.#state.changed();
    const thread = this.#threads.get(key);
    if (opening) thread.reveal();
    else this.#summaryButton(key)?.focus();
  }

  #summaryButton(key) {
    const { id } = this.#state.entries.get(key).message;
    return [...this.#log.node.querySelectorAll("[data-thread]")].find((button) => button.dataset.thread === id);
  }

  #submit(text) {
    const channel = this.#state.channelsOf(PANE)[0];
    if (!channel) return false;
    this.#actions.submit({ pane: PANE, channel: channel.id, thread: null, text });
    this.#follow = true;
    return true;
  }
}

function quiet() {
  return emptyState({ mark: paneMark("people"), title: "Nobody is waiting", text: "When a conversation needs a person, its handoff card lands here with everything needed to take over." });
}
