/* Where words are written: grows with them, keeps a draft per conversation, hints before it is too late. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const MOST = 60_000; // characters, as the server takes; what is too long for an answer is said in the answer
let count = 0;

export class Composer {
  #options;
  #drafts = new Map(); // conversation -> words not sent yet
  #place = null;
  #field;
  #mirror = el("div", { class: "grow-mirror", "aria-hidden": "true" });
  #hint;
  #hinted = null;
  #send;
  #tools;
  #back = 0; // how far into the history: 0 is what is being written

  /**
   * @param options  { label, placeholder, testid, submit(text), hint(text), tools, compact, history }
   *                 compact is one row, with tools above it instead of beneath; hint returns null or { text, tone, action: { label, run } }; history is an array of earlier words
   */
  constructor(options) {
    this.#options = options;
    const hintId = `hint-${(count += 1)}`;
    this.#hint = el("div", { class: "hint", id: hintId, "aria-live": "polite" });
    this.#field = el("textarea", {
      rows: 1, maxlength: MOST, placeholder: options.placeholder, "data-testid": options.testid,
      "aria-label": options.label, "aria-describedby": hintId, enterkeyhint: "send", autocomplete: "off",
      oninput: () => this.refresh(), onkeydown: (event) => this.#key(event), onfocus: () => this.refresh(), onblur: () => this.refresh(),
    });
    this.#send = el("button", { type: "button", class: "send", "data-testid": "send", "aria-label": "Send", title: "Send (Enter)", onclick: () => this.#submit() }, icon("send", 18));
    const field = el("div", { class: "grow" }, this.#field, this.#mirror);
    this.#tools = el("div", { class: "composer-tools" }, ...(options.tools ?? []));
    const { compact } = options;
    const box = compact ? [field, this.#send] : [field, el("div", { class: "composer-bar" }, this.#tools, this.#hint, this.#send)];
    this.node = el(
      "div",
      { class: compact ? "composer composer-compact" : "composer", role: "group", "aria-label": options.label },
      compact && options.tools ? this.#tools : null,
      el("div", { class: "composer-box", onpointerdown: (event) => this.#aim(event) }, ...box),
      compact ? this.#hint : null,
    );
    this.refresh();
  }

  get text() {
    return this.#field.value;
  }

  set text(words) {
    this.#field.value = words;
    this.#field.setSelectionRange(words.length, words.length);
    this.refresh();
  }

  focus() {
    this.#field.focus();
  }

  /** Keep the draft of the conversation left, bring back that of the one entered. */
  enter(place, { label, placeholder }) {
    if (place !== this.#place) {
      if (this.#place !== null) this.#drafts.set(this.#place, this.text);
      this.#place = place;
      this.text = this.#drafts.get(place) ?? "";
    }
    for (const node of [this.node, this.#field]) node.setAttribute("aria-label", label);
    this.#field.placeholder = placeholder;
  }

  refresh() {
    const { text } = this;
    this.#mirror.textContent = `${text}\u200b`;
    this.node.classList.toggle("composer-command", text.startsWith("/"));
    this.node.classList.toggle("composer-internal", Boolean(this.#options.compact) && text.startsWith("!"));
    if (!this.#options.compact) this.#tools.hidden = text !== ""; // the hint takes their place
    this.#send.setAttribute("aria-disabled", text.trim() ? "false" : "true");
    this.#drawHint(this.#options.hint?.(text) ?? this.#keysHint(text));
  }

  #keysHint(text) {
    return text && !this.#options.compact && document.activeElement === this.#field ? { text: "Enter to send, Shift + Enter for a new line", tone: "keys" } : null;
  }

  #drawHint(hint) {
    const drawn = hint ? `${hint.tone} ${hint.text}` : "";
    if (drawn === this.#hinted) return;
    this.#hinted = drawn;
    this.#hint.className = `hint hint-${hint?.tone ?? "none"}`;
    const action = hint?.action && el("button", { type: "button", class: "link-button", onclick: () => this.#take(hint.action) }, hint.action.label);
    this.#hint.replaceChildren(...[hint?.text, action].filter(Boolean));
  }

  #take(action) {
    action.run();
    this.focus();
  }

  #submit() {
    const words = this.text.trim();
    if (!words || this.#options.submit(words) === false) return;
    this.#options.history?.push(words);
    this.#back = 0;
    this.text = "";
    this.focus();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.#recall(event);
    }
  }

  #recall(event) {
    const { history } = this.#options;
    if (!history?.length || (this.text && this.#back === 0)) return;
    const back = this.#back + (event.key === "ArrowUp" ? 1 : -1);
    if (back < 0 || back > history.length) return;
    event.preventDefault();
    this.#back = back;
    this.text = back ? history.at(-back) : "";
  }

  /** A press anywhere in the box means the field. */
  #aim(event) {
    if (event.target.closest("button, textarea")) return;
    event.preventDefault();
    this.focus();
  }
}

export function commandHint(text) {
  return text.startsWith("/") ? { tone: "command", text: "A command: only you will see the answer." } : null;
}
