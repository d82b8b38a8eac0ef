/* The first thing an employee sees: what the bot is for, and questions one press away. */

import { el } from "./dom.js";
import { bell } from "./icons.js";
import { emptyState } from "./panes.js";

/** An item for a log. first: nothing was said yet; ask: called with the question pressed. */
export function starters({ state, channel, first, ask }) {
  const { suggestions, workspace } = state;
  const draw = () => {
    const chips = el(
      "div",
      { class: "chips", role: "group", "aria-label": "Starter questions" },
      ...suggestions.map((text) => el("button", { type: "button", class: "chip", onclick: () => ask(text) }, text)),
    );
    if (!first) return el("div", { class: "more-chips" }, el("p", {}, "Try asking"), chips);
    const title = channel.kind === "direct" ? `Your direct chat with ${workspace.bot}` : `Ask ${workspace.bot} in #${channel.name}`;
    const text = `${workspace.bot} answers from ${workspace.name}’s own documents, shows its sources, and brings in a person when it should.`;
    return emptyState({ mark: bell(), title, text }, chips);
  };
  return { key: `starters ${channel.id}`, version: [first, suggestions, workspace], draw };
}
