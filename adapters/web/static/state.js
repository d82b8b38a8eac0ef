/* What the page holds.
 *
 * Entries are what logs show, in order of arrival: messages (stored ones, and
 * ours on their way) and notes (private replies, which only this page has).
 * Entries are replaced, never changed, so a log can tell by identity.
 */

export const PANES = ["employee", "support", "admin"];
const ROLE_OF = { employee: "employee", support: "staff", admin: "admin" };

export class State {
  phase = "connecting"; // then "open" or "closed"
  failures = 0;
  loaded = false; // whether a snapshot has ever arrived
  workspace = { name: "Frontdesk", bot: "Frontdesk" };
  people = [];
  channels = [];
  offline = false;
  suggestions = [];
  viewing = {}; // pane -> person id
  entries = new Map(); // entry key -> { type, key, … }
  statuses = new Map(); // slot -> the bot's typing line
  presses = new Map(); // press key -> { busy, pane, message, … }
  unread = new Set(); // message ids
  begun = null; // { message, text }: words to begin with in that message's conversation
  #keys = new Map(); // message id -> entry key
  #listeners = [];
  #due = false;

  listen(listener) {
    this.#listeners.push(listener);
  }

  /** Draw soon; many changes in one go are one drawing. */
  changed() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      for (const listener of this.#listeners) listener();
    });
  }

  put(entry) {
    this.entries.set(entry.key, entry);
    this.changed();
  }

  drop(key) {
    this.entries.delete(key);
    this.changed();
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  peopleOf(pane) {
    return this.people.filter((person) => person.role === ROLE_OF[pane]);
  }

  channelsOf(pane) {
    return this.channels.filter((channel) => channel.pane === pane);
  }

  message(id) {
    return this.entries.get(this.#keys.get(id))?.message ?? null;
  }

  /** The entry a message is held under; one on its way is held under its own key. */
  keyOf(message) {
    return this.#keys.get(message.id) ?? message.key;
  }

  /** A direct chat is one conversation whatever its thread; a channel has one status per thread. */
  slot(channel, thread) {
    return this.channel(channel)?.kind === "direct" ? channel : `${channel} ${thread ?? ""}`;
  }

  /** Put a stored message where its own pending one was, or last. */
  store(message) {
    const known = this.#keys.get(message.id);
    const key = known ?? message.key ?? message.id;
    if (!known) this.entries.delete(key);
    this.#keys.set(message.id, key);
    this.entries.set(key, { type: "message", key, message });
  }

  /** Hold a stored message under another key, so that what was opened under that key stays open. */
  rekey(message, key) {
    this.entries.delete(this.#keys.get(message.id));
    this.#keys.set(message.id, key);
    this.entries.set(key, { type: "message", key, message });
  }

  replaceAll(messages) {
    const ours = [...this.entries.values()].filter((entry) => entry.type === "note" || entry.message.local);
    this.entries = new Map();
    for (const message of messages) this.store(message);
    for (const entry of ours) {
      const lost = entry.after && !this.entries.has(entry.after); // the message it belonged to is gone
      if (!lost && !this.entries.has(entry.key)) this.entries.set(entry.key, entry);
    }
    const moments = [...this.entries].map((pair) => [Date.parse(pair[1].at ?? pair[1].message.at) || 0, pair]);
    this.entries = new Map(moments.sort((one, other) => one[0] - other[0]).map((moment) => moment[1]));
  }

  removeMessage(id) {
    this.entries.delete(this.#keys.get(id));
    this.#keys.delete(id);
    this.unread.delete(id);
  }

  /** The press under way on a message, if any. */
  busyPress(message) {
    return [...this.presses.values()].find((press) => press.busy && press.message === message) ?? null;
  }

  releasePresses(isDone) {
    for (const press of this.presses.values()) if (isDone(press)) press.busy = false;
  }
}
