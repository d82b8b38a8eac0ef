/* The channel tabs of the employee's workspace, with what is unread in each. */

import { el } from "./dom.js";
import { drawBadge } from "./panes.js";

export class ChannelTabs {
  #nodes = new Map(); // channel id -> { tab, badge }
  #current = null;
  #choose;

  /** panel: id of the element the tabs control; choose: called with a channel id. */
  constructor(panel, choose) {
    this.panel = panel;
    this.#choose = choose;
    this.node = el("div", { class: "channels", role: "tablist", "aria-label": "Conversations" });
  }

  /** unreadOf: the number of unread messages of a channel id. */
  update(channels, current, unreadOf) {
    this.#current = current;
    if (this.#nodes.size !== channels.length) this.#make(channels);
    for (const [id, { tab, badge }] of this.#nodes) {
      tab.setAttribute("aria-selected", String(id === current));
      tab.tabIndex = id === current ? 0 : -1;
      drawBadge(badge, unreadOf(id));
    }
  }

  #make(channels) {
    this.#nodes.clear();
    for (const { id, name, kind } of channels) {
      const badge = el("span", { class: "badge", hidden: true });
      const label = kind === "direct" ? [el("span", {}, name), el("span", { class: "channel-kind" }, "direct")] : [el("span", {}, `#${name}`)];
      const tab = el(
        "button",
        {
          type: "button", class: "channel", role: "tab", "data-channel": id, "aria-controls": this.panel,
          onclick: () => this.#choose(id), onkeydown: (event) => this.#step(event),
        },
        ...label,
        badge,
      );
      this.#nodes.set(id, { tab, badge });
    }
    this.node.replaceChildren(...[...this.#nodes.values()].map(({ tab }) => tab));
  }

  #step({ key }) {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    const ids = [...this.#nodes.keys()];
    const next = ids[(ids.indexOf(this.#current) + (key === "ArrowRight" ? 1 : ids.length - 1)) % ids.length];
    this.#choose(next);
    this.#nodes.get(next).tab.focus();
  }
}
