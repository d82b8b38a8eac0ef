/* What each event from the server makes of the state. */

import { PANES } from "./state.js";

export function applyEvent(state, event) {
  if (!Object.hasOwn(HANDLERS, event.event)) return;
  HANDLERS[event.event](state, event);
  state.changed();
}

const HANDLERS = {
  welcome(state, { workspace, people, channels, offline, suggestions }) {
    Object.assign(state, { workspace, people, channels, offline, suggestions: suggestions ?? [] });
    for (const pane of PANES) {
      const choices = state.peopleOf(pane).map((person) => person.id);
      if (!choices.includes(state.viewing[pane])) state.viewing[pane] = choices[0];
    }
  },
  snapshot(state, { messages }) {
    state.replaceAll(messages);
    state.loaded = true;
    state.statuses.clear();
    state.releasePresses(() => true);
  },
  message(state, { message }) {
    state.store(message);
    if (message.author.kind === "bot" || message.author.relayed) {
      state.statuses.delete(state.slot(message.channel, message.thread));
    }
    const pane = state.channel(message.channel)?.pane;
    if (message.author.id !== state.viewing[pane]) state.unread.add(message.id);
  },
  update(state, { message }) {
    state.store(message);
    for (const press of state.presses.values()) {
      if (!press.busy || press.message !== message.id) continue;
      Object.assign(press, { busy: false, effective: true });
      state.entries.delete(press.note);
    }
  },
  remove(state, { id }) {
    state.removeMessage(id);
  },
  status(state, { channel, thread, text }) {
    if (text) state.statuses.set(state.slot(channel, thread), text);
    else state.statuses.delete(state.slot(channel, thread));
  },
  accepted(state, { key }) {
    const entry = state.entries.get(key);
    if (entry?.message?.local) settle(state, entry);
  },
  refused(state, { key, text }) {
    const entry = state.entries.get(key);
    if (entry?.type === "message") {
      state.entries.set(key, { ...entry, message: { ...entry.message, local: "refused", reason: text } });
    } else {
      answer(state, key, { blocks: [{ kind: "plain", text }], tone: "attention", failed: true });
    }
  },
  reply(state, { key, title, tone, blocks, begins }) {
    const press = state.presses.get(key);
    if (begins && press) state.begun = { message: press.message, text: begins };
    answer(state, key, { title, tone, blocks });
  },
};

/** Accepted without a broadcast: a resend of what the snapshot already shows, or a message still to come. */
function settle(state, entry) {
  const { author, channel, at } = entry.message;
  const words = entry.message.blocks[0].text;
  const twin = [...state.entries.values()].find(
    ({ message }) =>
      message && !message.local && message.author.id === author.id && message.channel === channel &&
      message.blocks[0]?.text === words && Date.parse(message.at) >= Date.parse(at) - 2_000,
  );
  if (twin) state.rekey(twin.message, entry.key);
  else state.entries.set(entry.key, { ...entry, message: { ...entry.message, local: "sent" } });
}

/** A private reply is shown by the command or the press it answers; an empty one says that the press took effect. */
function answer(state, key, reply) {
  const press = state.presses.get(key);
  if (press) press.busy = false;
  if (press && !reply.title && !reply.blocks?.length) {
    press.effective = true;
    state.entries.delete(press.note);
    return;
  }
  if (press?.note) state.entries.delete(press.note); // the answer takes the place of the question
  const asked = state.entries.get(key);
  const at = new Date().toISOString();
  if (asked?.waiting) {
    state.entries.set(key, { ...asked, ...reply, waiting: null });
    return;
  }
  const place = asked ?? press ?? { pane: "admin", as: state.viewing.admin, channel: state.channelsOf("admin")[0]?.id };
  const { pane, as, channel, thread = null, after = null } = place;
  let name = `reply ${key}`;
  while (state.entries.has(name)) name += "+";
  state.entries.set(name, { type: "note", key: name, pane, as, channel, thread, after, at, origin: press?.message ?? key, ...reply });
}
