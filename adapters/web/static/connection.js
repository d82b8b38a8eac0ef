/* Say quietly that the server is out of reach, and offer to try now. */

import { el } from "./dom.js";
import { dots } from "./note.js";

const PATIENCE = 4; // failures in a row before we say what to check

export class ConnectionBar {
  #node;
  #retry;
  #shown = "";

  constructor(node, retry) {
    this.#node = node;
    this.#retry = retry;
  }

  update({ phase, failures, loaded }) {
    const text = phase === "open" || failures === 0 ? "" : words(failures, loaded);
    if (text === this.#shown) return;
    this.#shown = text;
    const button = el("button", { type: "button", class: "link-button", onclick: () => this.#retry() }, "Try now");
    this.#node.replaceChildren(...(text ? [dots(), el("span", {}, text), button] : []));
  }
}

function words(failures, loaded) {
  if (failures >= PATIENCE) return "The playground does not answer. Is it still running in your terminal?";
  return loaded ? "Reconnecting. What you write is kept and sent afterwards." : "Connecting…";
}
