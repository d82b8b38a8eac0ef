/* Who is who: a face, a stable colour and a short name for each person, a bell for the bot. */

import { el } from "./dom.js";
import { bell } from "./icons.js";

const COLOURS = 8; // .avatar-0 … .avatar-7 in conversation.css
const places = new Map(); // person id, and name -> index in the workspace's list

/** People of the workspace get different colours as far as the colours go. */
export function know(people) {
  places.clear();
  people.forEach((person, at) => places.set(person.id, at).set(person.name, at));
}

function colour(id) {
  let place = places.get(id);
  if (place === undefined) place = [...String(id)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9_973, 7);
  return place % COLOURS;
}

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "?";
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...words[0]].slice(0, 1);
  return letters.join("").toUpperCase();
}

export function firstName(name) {
  return name.trim().split(/\s+/)[0];
}

/** Size is "small", "medium" or "large". Decorative: the name stands beside it. */
export function avatar(author, size = "large") {
  if (author.kind === "bot" && !author.relayed) {
    return el("span", { class: `avatar avatar-${size} avatar-bot`, "aria-hidden": "true" }, bell());
  }
  return el("span", { class: `avatar avatar-${size} avatar-${colour(author.relayed ? author.name : author.id)}`, "aria-hidden": "true" }, initials(author.name));
}
