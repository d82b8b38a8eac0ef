/* Light or dark: the system's choice until the person makes one, which is then remembered here. */

import { icon } from "./icons.js";

const STORED = "frontdesk.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is off: the choice lasts as long as the page
  }
}

function current() {
  return document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    /* storage is off */
  }
}

/** Make the button say what pressing it does. */
export function wireThemeButton(button) {
  const draw = () => {
    const next = current() === "dark" ? "light" : "dark";
    button.replaceChildren(icon(next === "dark" ? "moon" : "sun", 18));
    button.setAttribute("aria-label", `Use the ${next} theme`);
    button.title = `Use the ${next} theme`;
  };
  button.addEventListener("click", () => {
    choose(current() === "dark" ? "light" : "dark");
    draw();
  });
  system.addEventListener("change", draw);
  draw();
}

const remembered = chosen();
if (remembered === "light" || remembered === "dark") document.documentElement.dataset.theme = remembered;
