/* The admin console: commands, their private replies, and whatever the bot says to the admin. */

import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { conversation, Log } from "./log.js";
import { drawConsoleNote } from "./note.js";
import { emptyState, PaneHeader, paneMark, skeleton, StatusLine } from "./panes.js";
import { entriesOf, messagesOf, withNotesInPlace } from "./view.js";

const PANE = "admin";
const QUICK = ["/desk help", "/desk config", "/desk check"];

export class AdminPane {
  #state;
  #actions;
  #header = new PaneHeader(PANE, "Admin console", "What an admin sees");
  #status = new StatusLine();
  #log = new Log("Admin console", this.#status.node);
  #history = [];
  #composer;
  #follow = false;

  constructor(node, state, actions) {
    this.#state = state;
    this.#actions = actions;
    const quick = QUICK.map((text) => el("button", { type: "button", class: "tool tool-command", onclick: () => this.#quick(text) }, text));
    this.#composer = new Composer({
      label: "Command", testid: "composer", tools: quick, compact: true, history: this.#history,
      submit: (text) => this.#submit(text), hint: (text) => this.#hint(text),
    });
    node.append(this.#header.node, el("div", { class: "pane-body console" }, this.#log.node, this.#composer.node));
  }

  focusComposer() {
    this.#composer.focus();
  }

  close() {
    return false;
  }

  update(active) {
    const state = this.#state;
    const channel = state.channelsOf(PANE)[0];
    if (!state.loaded || !channel) {
      this.#log.draw([{ key: "loading", version: [], draw: skeleton }], { place: "loading" });
      return;
    }
    const shown = withNotesInPlace(entriesOf(state, PANE, channel.id));
    if (active) for (const { id } of messagesOf(shown)) state.unread.delete(id);
    const items = conversation(shown, { state, actions: this.#actions, pane: PANE, thread: null }, { drawPrivate: drawConsoleNote });
    if (!shown.length) items.push({ key: "empty", version: [], draw: intro });
    this.#status.update(state, state.statuses.get(state.slot(channel.id, null)));
    this.#log.draw(items, { place: `${state.viewing[PANE]} ${channel.id}`, follow: this.#follow });
    this.#follow = false;
    this.#composer.enter(channel.id, { label: "Command", placeholder: "/desk …" });
  }

  updateBadges(unread) {
    this.#header.update(this.#state, (pane, person) => this.#actions.become(pane, person), unread);
  }

  #quick(text) {
    this.#history.push(text);
    this.#submit(text);
    this.#composer.focus();
  }

  #submit(text) {
    const channel = this.#state.channelsOf(PANE)[0];
    if (!channel) return false;
    this.#actions.submit({ pane: PANE, channel: channel.id, thread: null, text });
    this.#follow = true;
    return true;
  }

  #hint(text) {
    if (!text.trim() || text.startsWith("/")) return null;
    const action = { label: "Add /desk", run: () => (this.#composer.text = `/desk ${text}`) };
    return { tone: "gentle", text: "Commands start with /desk.", action };
  }
}

function intro() {
  return emptyState({ mark: paneMark("terminal"), title: "Ready for a command", text: "Set up and test the assistant with /desk. Replies are private to you, and the same words work in Slack and Teams." });
}
