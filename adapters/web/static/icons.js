/* The drawn marks: one stroke weight, a 20-unit square, the colour of the text around them. */

import { svg } from "./dom.js";

const STROKES = {
  back: ["M12.5 4.5 7 10l5.5 5.5"],
  chevron: ["M5.5 8 10 12.5 14.5 8"],
  close: ["M5.5 5.5l9 9", "M14.5 5.5l-9 9"],
  down: ["M10 4.5v11", "M5.5 11 10 15.5 14.5 11"],
  send: ["M10 15.5v-11", "M5.5 9 10 4.5 14.5 9"],
  eye: ["M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z", "M10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z"],
  lock: ["M5.5 9h9v7h-9z", "M7.2 9V6.8a2.8 2.8 0 0 1 5.6 0V9"],
  alert: ["M10 6.5v4.2", "M10 13.4v.1", "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4z"],
  info: ["M10 9.4v4", "M10 6.6v.1", "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4z"],
  done: ["M5 10.5 8.5 14 15 6.5"],
  sun: ["M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z", "M10 2.2v1.6M10 16.2v1.6M2.2 10h1.6M16.2 10h1.6M4.5 4.5l1.1 1.1M14.4 14.4l1.1 1.1M15.5 4.5l-1.1 1.1M5.6 14.4l-1.1 1.1"],
  moon: ["M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z"],
  chat: ["M3.5 5.5h13v9H9l-3.5 2.7v-2.7h-2z"],
  reply: ["M8 5 3.5 9.2 8 13.4", "M3.8 9.2h7.7a5 5 0 0 1 5 5v.8"],
  people: ["M4 12.5v-2.2a6 6 0 0 1 12 0v2.2", "M4 11h2.2v4.2H4z", "M13.8 11H16v4.2h-2.2z", "M15 15.2c0 1.4-1.4 2.3-3.6 2.3"],
  terminal: ["M3 4.5h14v11H3z", "M6 8l2.3 2.1L6 12.2", "M10.2 12.4h3.6"],
  external: ["M8 5H5v10h10v-3", "M11 4.5h4.5V9", "M15.3 4.7 9.5 10.5"],
};

export function icon(name, size = 16) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    ...STROKES[name].map((d) => svg("path", { d })),
  );
}

/** The bot's mark: the bell on a front desk. */
export function bell() {
  return svg(
    "svg",
    { class: "bell", viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 14.75, y: 7, width: 2.5, height: 4, rx: 1.25 }),
    svg("path", { d: "M7 20.5a9 9 0 0 1 18 0z" }),
    svg("rect", { x: 6, y: 22.5, width: 20, height: 2.75, rx: 1.375 }),
  );
}
