/* The employee's workspace: the help channel, one of its threads opened over it, and the direct chat. */

import { ChannelTabs } from "./channels.js";
import { commandHint, Composer } from "./composer.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { conversation, Log } from "./log.js";
import { PaneHeader, skeleton, StatusLine } from "./panes.js";
import { starters } from "./starters.js";
import { threadSummary } from "./summary.js";
import { entriesOf, mentions, messagesOf, withNotesInPlace } from "./view.js";

const PANE = "employee";
const FEW = 3; // root messages up to which starter questions stay on offer

export class EmployeePane {
  #state;
  #actions;
  #slot = el("div", {}); // holds the composer of what is in view
  #channel = null;
  #opened = null; // entry key of the root of the thread in view
  #follow = false; // whether the next drawing goes to the end
  #header = new PaneHeader(PANE, "Workspace", "What an employee sees");
  #tabs = new ChannelTabs("employee-panel", (channel) => this.#show(channel));
  #threadTitle = el("span", { class: "thread-title" });
  #bar = el(
    "div",
    { class: "thread-bar", hidden: true },
    el("button", { type: "button", class: "link-button back", onclick: () => this.close() }, icon("back", 16), "All messages"),
    this.#threadTitle,
    el("kbd", { "aria-hidden": "true" }, "Esc"),
  );
  #status = new StatusLine();
  #log = new Log("Messages", this.#status.node);
  #mention = el("button", { type: "button", class: "tool", onclick: () => this.#addMention(this.#root) });
  #root = new Composer({ label: "Message", testid: "composer", tools: [this.#mention], submit: (text) => this.#submit(text), hint: (text) => this.#hint(text) });
  #chat = new Composer({ label: "Message", testid: "composer", compact: true, submit: (text) => this.#submit(text), hint: commandHint });
  #reply = new Composer({ label: "Reply", testid: "thread-composer", compact: true, submit: (text) => this.#submit(text), hint: (text) => this.#replyHint(text) });

  constructor(node, state, actions) {
    this.#state = state;
    this.#actions = actions;
    const panel = el("div", { class: "pane-body", role: "tabpanel", id: "employee-panel", "aria-label": "Conversation" });
    panel.append(this.#bar, this.#log.node, this.#slot);
    node.append(this.#header.node, this.#tabs.node, panel);
  }

  focusComposer() {
    this.#composer.focus();
  }

  /** Leave the thread; returns whether there was one to leave. */
  close() {
    if (!this.#thread) return false;
    this.#go(() => (this.#opened = null));
    return true;
  }

  /** Bring a message's conversation into view. */
  open(message) {
    const root = this.#state.message(message.thread) ?? message;
    this.#go(() => {
      this.#channel = message.channel;
      this.#opened = this.#state.keyOf(root);
    });
  }

  /** What somebody is about to write there, after a button that leads to it. */
  #begin({ message, text }) {
    this.#state.begun = null;
    const there = this.#state.message(message);
    if (!there) return;
    this.open(there);
    if (!this.#composer.text.startsWith(text)) this.#composer.text = text + this.#composer.text;
  }

  get #thread() {
    return (this.#opened && !this.#direct && this.#state.entries.get(this.#opened)?.message) || null;
  }

  get #composer() {
    if (this.#direct) return this.#chat;
    return this.#thread ? this.#reply : this.#root;
  }

  get #direct() {
    return this.#state.channel(this.#channel)?.kind === "direct";
  }

  get #bot() {
    return this.#state.workspace.bot;
  }

  #show(channel) {
    this.#go(() => {
      if (channel === this.#channel && !this.#direct) this.#opened = null;
      this.#channel = channel;
    });
  }

  #go(change) {
    change();
    this.update(true);
    this.focusComposer();
    this.#state.changed();
  }

  /** active: whether somebody is looking at this pane, so that what it shows is read. */
  update(active) {
    const state = this.#state;
    this.#channel ??= state.channelsOf(PANE)[0]?.id ?? null;
    if (!state.loaded || !this.#channel) {
      this.#log.draw([{ key: "loading", version: [], draw: skeleton }], { place: "loading" });
      return;
    }
    if (state.begun) this.#begin(state.begun);
    const thread = this.#thread;
    const shown = this.#entries(thread);
    if (active) for (const { id } of messagesOf(shown)) state.unread.delete(id);
    const name = state.channel(this.#channel).name;
    this.#bar.hidden = !thread;
    this.#threadTitle.textContent = `Thread in #${name}`;
    const place = [state.viewing[PANE], this.#channel, thread ? this.#opened : ""].join(" ");
    this.#log.label(thread ? `Thread in ${name}` : `Messages in ${name}`);
    this.#status.update(state, thread || this.#direct ? state.statuses.get(state.slot(this.#channel, thread?.id)) : "");
    this.#log.draw(this.#items(shown, thread), { place, follow: this.#follow });
    this.#follow = false;
    this.#drawComposers(place, thread, name);
  }

  /** The tabs say what is unread where, so the header need not. */
  updateBadges(_unread, unreadIn) {
    const state = this.#state;
    this.#header.update(state, (pane, person) => this.#actions.become(pane, person), 0);
    this.#tabs.update(state.channelsOf(PANE), this.#channel, unreadIn);
  }

  #entries(thread) {
    if (!thread) return entriesOf(this.#state, PANE, this.#channel, this.#direct ? undefined : null);
    return [this.#state.entries.get(this.#opened), ...entriesOf(this.#state, PANE, this.#channel, thread.id)];
  }

  #items(shown, thread) {
    const state = this.#state;
    const context = { state, actions: this.#actions, pane: PANE, thread: thread?.id ?? null };
    const open = (message) => this.#go(() => (this.#opened = state.keyOf(message)));
    const footOf = thread || this.#direct ? undefined : (message) => threadSummary(state, PANE, message, { open: () => open(message) });
    const items = conversation(withNotesInPlace(shown), context, { footOf });
    const count = messagesOf(shown).length;
    if (thread) items.splice(2, 0, repliesLine(count - 1, this.#botTookPart(thread) ? "" : `${this.#bot} joins when it is mentioned`));
    else if (count <= FEW) {
      items.push(starters({ state, channel: state.channel(this.#channel), first: shown.length === 0, ask: (text) => this.#ask(text) }));
    }
    return items;
  }

  #drawComposers(place, thread, name) {
    const composer = this.#composer;
    if (composer.node.parentNode !== this.#slot) this.#slot.replaceChildren(composer.node);
    this.#mention.textContent = `@${this.#bot}`;
    this.#mention.title = `Mention ${this.#bot}`;
    const label = this.#direct ? `Message ${name}` : `Message #${name}`;
    composer.enter(place, thread ? { label: "Reply in thread", placeholder: "Reply…" } : { label, placeholder: label });
    composer.refresh();
  }

  #ask(text) {
    this.#submit(this.#direct ? text : `@${this.#bot} ${text}`);
  }

  /** Our new question opens its thread, where the answer will arrive. */
  #submit(text) {
    const thread = this.#thread;
    if (!this.#channel || thread?.local) return false;
    const key = this.#actions.submit({ pane: PANE, channel: this.#channel, thread: thread?.id ?? null, text });
    this.#follow = true;
    const isRoot = !thread && !this.#direct && this.#state.entries.get(key).type === "message";
    if (isRoot) queueMicrotask(() => this.#go(() => (this.#opened = key)));
    return true;
  }

  #addMention(composer) {
    if (!mentions(composer.text, this.#bot)) composer.text = `@${this.#bot} ${composer.text}`;
    composer.focus();
  }

  #hint(text) {
    if (!text.trim() || text.startsWith("/") || mentions(text, this.#bot)) return commandHint(text);
    const action = { label: `Add @${this.#bot}`, run: () => this.#addMention(this.#root) };
    return { tone: "gentle", text: `In a channel, only a mention starts ${this.#bot}.`, action };
  }

  #replyHint(text) {
    const thread = this.#thread;
    const asked = thread && thread.author.id === this.#state.viewing[PANE] && this.#botTookPart(thread);
    if (!thread || asked || !text.trim() || text.startsWith("/") || mentions(text, this.#bot)) return commandHint(text);
    const action = { label: `Add @${this.#bot}`, run: () => this.#addMention(this.#reply) };
    return { tone: "gentle", text: `${this.#bot} answers here when mentioned.`, action };
  }

  #botTookPart({ channel, id, blocks }) {
    if (mentions(blocks[0]?.text ?? "", this.#bot)) return true;
    return messagesOf(entriesOf(this.#state, PANE, channel, id)).some(({ author }) => author.kind === "bot" || author.relayed);
  }
}

function repliesLine(replies, aside) {
  const count = replies === 0 ? "No replies yet" : replies === 1 ? "1 reply" : `${replies} replies`;
  const text = [count, aside].filter(Boolean).join(" · ");
  return { key: "replies", version: [text], draw: () => el("div", { class: "replies-line" }, el("span", {}, text)) };
}
