/* What a person can do on this page, as messages to the server. */

import { applyEvent } from "./events.js";

const PRESS_LIMIT = 8_000; // milliseconds a button waits for its answer
const COMMAND_LIMIT = 20_000;

export class Actions {
  #state;
  #send;

  /** send: takes a message, returns whether it left. */
  constructor(state, send) {
    this.#state = state;
    this.#send = send;
  }

  view() {
    this.#send({ do: "view", viewing: this.#state.viewing });
  }

  become(pane, person) {
    const state = this.#state;
    if (state.viewing[pane] === person) return;
    state.viewing = { ...state.viewing, [pane]: person };
    for (const [key, { message }] of state.entries) {
      const channel = message && state.channel(message.channel);
      if (channel?.pane !== pane || message.local) continue;
      if (channel.kind === "direct" || message.only_for) state.entries.delete(key); // another person's: the snapshot brings ours
    }
    state.changed();
    this.view();
  }

  /** Returns the key of the entry that now stands for these words. */
  submit({ pane, channel, thread, text }) {
    const place = { pane, as: this.#state.viewing[pane], channel, thread };
    return text.startsWith("/desk") ? this.command(place, text) : this.say(place, text);
  }

  say({ as, channel, thread }, text) {
    const key = crypto.randomUUID();
    const author = { id: as, name: this.#state.person(as).name, kind: "person", relayed: false };
    const message = {
      id: `pending:${key}`, key, channel, thread, author, at: new Date().toISOString(), edited: false,
      only_for: null, title: "", tone: "plain", blocks: [{ kind: "plain", text, quoted: false }], local: "sending",
    };
    this.#state.put({ type: "message", key, message });
    this.#sendSay(message);
    return key;
  }

  /** After a reconnect: the server knows by the key what it already has. */
  sayAgain() {
    for (const { message } of this.#state.entries.values()) if (message?.local === "sending") this.#sendSay(message);
  }

  #sendSay({ key, author, channel, thread, blocks }) {
    this.#send({ do: "say", as: author.id, channel, thread, text: blocks[0].text, key });
  }

  /** A refused message keeps its key: it was not stored, so nothing can be doubled. */
  retry(message) {
    const again = { ...message, local: "sending", reason: null };
    this.#state.put({ type: "message", key: message.key, message: again });
    this.#sendSay(again);
  }

  discard(message) {
    this.#state.drop(message.key);
  }

  command(place, text) {
    const key = crypto.randomUUID();
    const note = { type: "note", key, ...place, after: null, at: new Date().toISOString(), command: text };
    const sent = this.#send({ do: "command", as: place.as, channel: place.channel, text, key });
    this.#state.put({ ...note, waiting: sent ? "working" : "lost" });
    if (sent) setTimeout(() => this.#giveUp(key), COMMAND_LIMIT);
    return key;
  }

  #giveUp(key) {
    const note = this.#state.entries.get(key);
    if (note?.waiting) this.#state.put({ ...note, waiting: "lost" });
  }

  /** Commands are not sent twice by themselves: some change things. */
  loseCommands() {
    for (const [key, entry] of this.#state.entries) if (entry.waiting) this.#giveUp(key);
  }

  commandAgain(note) {
    this.#state.drop(note.key);
    const { pane, as, channel, thread } = note;
    return this.command({ pane, as, channel, thread }, note.command);
  }

  /** place: where the button stands: { pane, channel, thread, after, note }, the last two being entry keys. */
  press(place, message, { action, value }) {
    const state = this.#state;
    if (state.busyPress(message)) return;
    const key = crypto.randomUUID();
    const as = state.viewing[place.pane];
    const press = { ...place, as, message, action, value, busy: true };
    state.presses.set(key, press);
    if (this.#send({ do: "press", as, message, action, value, key })) {
      setTimeout(() => {
        press.busy = false;
        state.changed();
      }, PRESS_LIMIT);
      state.changed();
    } else {
      applyEvent(state, { event: "refused", key, text: "Not sent: the connection is being restored. Please press again in a moment." });
    }
  }
}
