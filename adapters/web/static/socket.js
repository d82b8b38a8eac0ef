/* Keep a WebSocket open. Back off between attempts; try at once when the person or the network asks. */

const FIRST_WAIT = 400; // milliseconds
const LONGEST_WAIT = 8_000;

export class Socket {
  #url;
  #onEvent;
  #onPhase;
  #socket = null;
  #timer = null;
  #failures = 0;

  /**
   * @param url      ws:// or wss:// address
   * @param onEvent  called with each parsed message
   * @param onPhase  called with "open", or "closed" and the number of failures in a row
   */
  constructor(url, { onEvent, onPhase }) {
    this.#url = url;
    this.#onEvent = onEvent;
    this.#onPhase = onPhase;
    window.addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => document.hidden || this.retry());
    this.#open();
  }

  /** Whether the message was handed to an open connection. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Stop waiting and try now; nothing happens when connected. */
  retry() {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  #open() {
    this.#timer = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#onPhase("open", 0));
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", () => {
      this.#failures += 1;
      this.#onPhase("closed", this.#failures);
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 1));
      this.#timer = setTimeout(() => this.#open(), wait * (0.75 + Math.random() / 2));
    });
  }

  #receive(data) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return; // not ours
    }
    if (event.event === "welcome") this.#failures = 0;
    this.#onEvent(event);
  }
}
