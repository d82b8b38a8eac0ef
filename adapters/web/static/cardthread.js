/* The thread beneath a card in the support channel: relayed words both ways, and internal notes. */

import { commandHint, Composer } from "./composer.js";
import { el, reconcile } from "./dom.js";
import { conversation } from "./log.js";
import { StatusLine } from "./panes.js";
import { firstName } from "./people.js";
import { employeeNamed, entriesOf, withNotesInPlace } from "./view.js";

export class CardThread {
  #pane;
  #key;
  #state;
  #actions;
  #list = el("div", { class: "thread-list" });
  #status = new StatusLine();
  #composer;

  /** key: the entry of the thread's root. */
  constructor(pane, key, state, actions) {
    this.#pane = pane;
    this.#key = key;
    this.#state = state;
    this.#actions = actions;
    this.#composer = new Composer({ label: "Reply", testid: "thread-composer", compact: true, submit: (text) => this.#submit(text), hint });
    this.node = el("div", { class: "card-thread", role: "group", "aria-label": "Thread" }, this.#list, this.#status.node, this.#composer.node);
  }

  get #root() {
    return this.#state.entries.get(this.#key)?.message;
  }

  update() {
    const root = this.#root;
    const state = this.#state;
    const context = { state, actions: this.#actions, pane: this.#pane, thread: root.id };
    const fresh = reconcile(this.#list, conversation(withNotesInPlace(entriesOf(state, this.#pane, root.channel, root.id)), context, { days: false }));
    for (const node of fresh) node.classList.add("fresh");
    this.#status.update(state, state.statuses.get(state.slot(root.channel, root.id)));
    const person = employeeNamed(state, root);
    const to = person ? firstName(person.name) : "the employee";
    this.#composer.enter(this.#key, { label: `Reply to ${to}`, placeholder: `Reply to ${to}…` });
    this.node.setAttribute("aria-label", `Thread about ${to}`);
  }

  /** Bring the field into view and put the keyboard in it. */
  reveal() {
    this.#composer.focus();
    this.node.scrollIntoView({ block: "nearest" });
  }

  #submit(text) {
    const { channel, id } = this.#root;
    this.#actions.submit({ pane: this.#pane, channel, thread: id, text });
    requestAnimationFrame(() => this.node.scrollIntoView({ block: "nearest" }));
    return true;
  }
}

function hint(text) {
  if (text.startsWith("!")) return { tone: "internal", text: "Internal note: only this channel will see it." };
  return commandHint(text) ?? { tone: "quiet", text: "Start with ! for an internal note." };
}
