/* Say when: short beside a message, in full in its title, relative where only recency matters. */

import { el } from "./dom.js";

const MINUTE = 60_000; // milliseconds
const language = navigator.language.startsWith("en") ? navigator.language : "en-GB";
const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dated = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

export function timeOf(at) {
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return null;
  return el("time", { datetime: at, title: full.format(when) }, clock.format(when));
}

/** A time that keeps counting: "just now", "4 min ago", then the hour or the day. */
export function ago(at) {
  const when = new Date(at);
  return el("time", { datetime: at, title: full.format(when), "data-ago": at }, recency(when));
}

function recency(when) {
  const minutes = Math.floor((Date.now() - when) / MINUTE);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return dayKey(when) === dayKey(new Date()) ? `at ${clock.format(when)}` : dated.format(when);
}

export function dayKey(at) {
  return new Date(at).toDateString();
}

export function dayName(at) {
  const when = new Date(at);
  const today = new Date();
  const days = Math.round((midnight(today) - midnight(when)) / (24 * 60 * MINUTE));
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return when.getFullYear() === today.getFullYear() ? weekday.format(when) : dated.format(when);
}

function midnight(when) {
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-ago]")) {
    const text = recency(new Date(node.dataset.ago));
    if (node.textContent !== text) node.textContent = text;
  }
}, MINUTE / 2);
