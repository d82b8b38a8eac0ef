/* A scrolling conversation: days, messages and notes, kept at the newest unless the reader went up. */

import { el, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { drawMessage } from "./message.js";
import { drawNote } from "./note.js";
import { dayKey, dayName } from "./time.js";

const NEAR = 80; // pixels from the end that still count as reading the newest
const RUN = 5 * 60_000; // milliseconds in which one author's messages share a face

export class Log {
  #list = el("div", { class: "log-list" });
  #pill;
  #place = null;
  #tail = null;
  #atEnd = true; // whether the reader was at the newest before the conversation grew

  /** tail: a node kept after the newest message, such as the typing line. */
  constructor(label, tail) {
    this.scroller = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" }, this.#list, tail);
    this.#pill = el("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd(true) }, icon("down", 14), "New messages");
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.node = el("div", { class: "log-frame" }, this.scroller, this.#pill);
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.scroller);
  }

  label(text) {
    this.scroller.setAttribute("aria-label", text);
  }

  /** place: which conversation this is; another one starts at its end. follow: go to the end whatever the reader did. */
  draw(items, { place, follow = false }) {
    const moved = place !== this.#place;
    this.#place = place;
    this.scroller.setAttribute("aria-busy", moved ? "true" : "false"); // a whole conversation is not read out
    const fresh = reconcile(this.#list, items).filter((node) => node.matches(".message, .exchange"));
    if (!moved) for (const node of fresh) node.classList.add("fresh");
    const grew = fresh.length > 0 && items.length > 0 && this.#tail !== items.at(-1).key;
    this.#tail = items.at(-1)?.key ?? null;
    if (moved || follow) this.toEnd();
    else if (this.#atEnd) this.#keepTopOf(fresh.at(-1));
    else if (grew) this.#pill.hidden = false;
  }

  toEnd(smooth = false) {
    this.#atEnd = true;
    this.#pill.hidden = true;
    const calm = !smooth || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: calm ? "instant" : "smooth" });
  }

  /** A long answer is read from its first line, so that line stays in view. */
  #keepTopOf(node) {
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    const top = node ? node.offsetTop - 12 : end;
    this.scroller.scrollTo({ top: Math.min(end, top), behavior: "instant" });
    this.#scrolled();
  }

  #scrolled() {
    this.#atEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
    if (this.#atEnd) this.#pill.hidden = true;
  }
}

/** Items for reconcile(): day lines between days, faces only where a run of one author starts. */
export function conversation(entries, context, { drawPrivate = drawNote, days = true, footOf = () => null } = {}) {
  const items = [];
  let before = null;
  for (const entry of entries) {
    const at = entry.at ?? entry.message.at;
    const newDay = !before || dayKey(before.at) !== dayKey(at);
    if (newDay && days) items.push({ key: `day ${dayKey(at)} ${entry.key}`, version: [dayName(at)], draw: () => dayLine(at) });
    items.push(entry.type === "note" ? noteItem(entry, context, drawPrivate) : messageItem(entry, context, !newDay && runsOn(before, entry), footOf));
    before = { at, entry };
  }
  return items;
}

function runsOn(before, { message }) {
  const last = before?.entry.message;
  if (![last, message].every(isChat)) return false;
  return sameAuthor(last.author, message.author) && Date.parse(message.at) - Date.parse(last.at) < RUN;
}

/** The bot speaks for many people: relayed words are told apart by their name. */
function sameAuthor(one, other) {
  return one.id === other.id && one.relayed === other.relayed && one.name === other.name;
}

/** Words and nothing else: no card, no buttons, nothing private. */
function isChat(message) {
  if (!message || message.title || message.tone !== "plain" || message.only_for || message.blocks.length !== 1) return false;
  const [block] = message.blocks;
  return block.kind === "prose" || (block.kind === "plain" && !block.text.startsWith("!"));
}

function messageItem(entry, context, runs, footOf) {
  const { message } = entry;
  const foot = footOf(message);
  const follows = runs && !foot; // what starts a thread stands by itself
  return {
    key: entry.key,
    version: [message, context.state.busyPress(message.id), follows, foot?.version],
    draw() {
      const node = drawMessage(message, { ...context, entry: entry.key, foot: foot ? [foot.draw()] : [] });
      node.classList.toggle("follows", follows);
      return node;
    },
  };
}

function noteItem(entry, context, drawPrivate) {
  return { key: entry.key, after: entry.after, version: [entry, context.state.busyPress(entry.origin ?? entry.key)], draw: () => drawPrivate(entry, context) };
}

function dayLine(at) {
  return el("div", { class: "day", role: "separator" }, el("span", {}, dayName(at)));
}
