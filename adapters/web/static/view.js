/* What a pane may see of the state, in the order it is read. Nothing here changes anything. */

/** Messages and notes of a channel that the pane's person may see; of one thread, its roots (null) or all (undefined). */
export function entriesOf(state, pane, channel, thread) {
  const viewer = state.viewing[pane];
  const direct = state.channel(channel)?.kind === "direct";
  return [...state.entries.values()].filter((entry) => {
    if (entry.type === "note") {
      return entry.pane === pane && entry.as === viewer && entry.channel === channel && (direct || thread === undefined || entry.thread === thread);
    }
    const { message } = entry;
    if (message.channel !== channel) return false;
    if (message.only_for && message.only_for !== viewer) return false;
    if (direct) return !message.local || message.author.id === viewer;
    return thread === undefined || rootOf(state, message) === thread;
  });
}

/** A reply whose root is gone stands by itself. */
function rootOf(state, { thread }) {
  return thread && (state.message(thread) || thread.startsWith("pending:")) ? thread : null;
}

/** Notes follow the message whose button brought them, the others keep their place. */
export function withNotesInPlace(entries) {
  const present = new Set(entries.map((entry) => entry.key));
  const held = new Map();
  const free = [];
  for (const entry of entries) {
    const after = entry.type === "note" && entry.after;
    if (after && present.has(after)) held.set(after, [...(held.get(after) ?? []), entry]);
    else free.push(entry);
  }
  return free.flatMap((entry) => [entry, ...(held.get(entry.key) ?? [])]);
}

export function messagesOf(entries) {
  return entries.filter((entry) => entry.type === "message").map((entry) => entry.message);
}

/** Unread messages the pane's person may see, of the pane's channels. */
export function unreadOf(state, pane) {
  return state.channelsOf(pane).flatMap((channel) => messagesOf(entriesOf(state, pane, channel.id))).filter((message) => state.unread.has(message.id));
}

/** Whether words mention the bot. */
export function mentions(text, bot) {
  return text.toLowerCase().includes(`@${bot.toLowerCase()}`);
}

/** The employee a handoff card is about: the first one it names. */
export function employeeNamed(state, message) {
  const words = JSON.stringify([message.title, message.blocks]);
  const named = state.peopleOf("employee").filter((person) => words.includes(person.name));
  return named.sort((one, other) => words.indexOf(one.name) - words.indexOf(other.name))[0] ?? null;
}
