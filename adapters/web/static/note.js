/* Private replies: what the server answered to a press or a command of this page alone. */

import { el, spoken } from "./dom.js";
import { drawBlocks } from "./draw.js";
import { icon } from "./icons.js";
import { marker } from "./message.js";
import { avatar } from "./people.js";
import { timeOf } from "./time.js";

/** In a conversation: set off from what everybody sees, and dismissible. */
export function drawNote(note, { state, actions }) {
  const bot = { id: "frontdesk", name: state.workspace.bot, kind: "bot" };
  return el(
    "article",
    { class: "message message-private", "data-note": note.command ? "command" : "reply", "aria-label": "Private reply, only visible to you" },
    marker("eye", "Only visible to you"),
    el("div", { class: "gutter" }, avatar(bot)),
    el(
      "div",
      { class: "message-body" },
      el("header", { class: "byline" }, el("span", { class: "author" }, bot.name), el("span", { class: "tag" }, "App"), timeOf(note.at)),
      note.command ? el("p", { class: "asked" }, spoken("You ran "), el("code", {}, note.command)) : null,
      outcome(note, state, actions),
    ),
    dismissButton(note, state),
  );
}

/** In the console: a command line and its output. */
export function drawConsoleNote(note, { state, actions }) {
  return el(
    "article",
    { class: "exchange", "data-note": note.command ? "command" : "reply", "aria-label": note.command ? `Command ${note.command}` : "Private reply" },
    note.command ? el("p", { class: "prompt" }, el("span", { class: "prompt-mark", "aria-hidden": "true" }, "›"), el("code", {}, note.command), timeOf(note.at)) : null,
    el("div", { class: "output" }, outcome(note, state, actions)),
  );
}

function outcome(note, state, actions) {
  if (note.waiting === "working") return el("p", { class: "working" }, spoken("Working"), dots());
  if (note.waiting === "lost") {
    return el(
      "div",
      { class: "refusal" },
      icon("alert", 15),
      el("span", { class: "refusal-text" }, "No answer came back for this command."),
      el("button", { type: "button", class: "link-button", onclick: () => actions.commandAgain(note) }, "Run again"),
    );
  }
  const tone = note.tone ?? "plain";
  const place = { pane: note.pane, channel: note.channel, thread: note.thread, after: note.after, note: note.command ? null : note.key };
  const content = drawBlocks(note.blocks ?? [], {
    bot: null,
    busy: state.busyPress(note.origin ?? note.key),
    press: (button) => actions.press(place, note.origin ?? note.key, button),
  });
  const heading = note.title ? el("h3", { class: "card-title" }, el("span", {}, note.title)) : null;
  return el("div", { class: `card card-${tone}` }, heading, ...content);
}

function dismissButton(note, state) {
  return el("button", { type: "button", class: "icon-button dismiss", "aria-label": "Dismiss", title: "Dismiss", onclick: () => state.drop(note.key) }, icon("close", 15));
}

export function dots() {
  return el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}
