/* Which pane is looked at: tabs where the window is too narrow for three, the last one touched where it is not. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { drawBadge } from "./panes.js";

const TABS = { employee: ["chat", "Ask"], support: ["people", "Support"], admin: ["terminal", "Admin"] };

export class PaneTabs {
  #nodes = new Map(); // pane -> { tab, badge }
  #sections;
  #onChange;
  touched = "employee";

  /** sections: the pane elements by name; onChange: called when another pane is looked at. */
  constructor(nav, sections, onChange) {
    this.#sections = sections;
    this.#onChange = onChange;
    for (const [pane, [mark, label]] of Object.entries(TABS)) {
      const badge = el("span", { class: "badge", hidden: true });
      const tab = el("button", { type: "button", class: "tab", "data-tab-for": pane, onclick: () => this.select(pane) }, icon(mark, 20), el("span", { class: "tab-label" }, label), badge);
      this.#nodes.set(pane, { tab, badge });
      nav.append(tab);
      for (const kind of ["pointerover", "pointerdown", "focusin"]) {
        sections[pane].addEventListener(kind, () => this.#touch(pane), { passive: true });
      }
    }
    document.addEventListener("visibilitychange", () => onChange());
    window.addEventListener("resize", () => this.#mark(), { passive: true });
    this.#mark();
  }

  select(pane) {
    document.body.dataset.tab = pane;
    if (pane !== "employee") document.body.dataset.side = pane;
    this.#touch(pane);
    this.#mark();
  }

  /** Whether somebody can be taken to be reading this pane. */
  isActive(pane) {
    return !document.hidden && this.touched === pane && this.#sections[pane].offsetParent !== null;
  }

  drawBadges(unread) {
    for (const [pane, { badge }] of this.#nodes) drawBadge(badge, unread[pane]);
  }

  #touch(pane) {
    if (this.touched === pane) return;
    this.touched = pane;
    this.#onChange();
  }

  #mark() {
    for (const [pane, { tab }] of this.#nodes) tab.setAttribute("aria-pressed", String(this.#sections[pane].offsetParent !== null));
  }
}
