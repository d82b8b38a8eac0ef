/* Who is looking at a pane: a radio group of faces; a single person is only shown. */

import { el, spoken } from "./dom.js";
import { avatar, firstName } from "./people.js";

export function drawSwitcher(pane, people, viewing, become) {
  const face = (person) => [avatar({ ...person, kind: "person" }, "small"), el("span", {}, firstName(person.name))];
  const title = (person) => [person.name, person.title].filter(Boolean).join(", ");
  if (people.length === 1) {
    const [only] = people;
    return el("div", { class: "switcher" }, spoken("Viewing as "), el("span", { class: "switch switch-only", "data-person": only.id, title: title(only) }, ...face(only)));
  }
  return el(
    "fieldset",
    { class: "switcher", role: "radiogroup" },
    el("legend", { class: "spoken" }, "View this pane as"),
    ...people.map((person) =>
      el(
        "label",
        { class: "switch", "data-person": person.id, title: title(person) },
        el("input", { type: "radio", class: "spoken", name: `viewing-${pane}`, value: person.id, checked: person.id === viewing, onchange: () => become(pane, person.id) }),
        ...face(person),
      ),
    ),
  );
}
