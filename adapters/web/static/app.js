/* Put the page together: one state, one socket, three panes, redrawn when the state changes. */

import { Actions } from "./actions.js";
import { AdminPane } from "./admin.js";
import { ConnectionBar } from "./connection.js";
import { EmployeePane } from "./employee.js";
import { applyEvent } from "./events.js";
import { know } from "./people.js";
import { Socket } from "./socket.js";
import { PANES, State } from "./state.js";
import { SupportPane } from "./support.js";
import { PaneTabs } from "./tabs.js";
import { wireThemeButton } from "./theme.js";
import { entriesOf, messagesOf, unreadOf } from "./view.js";

const state = new State();
const actions = new Actions(state, (message) => socket.send(message));
const sections = Object.fromEntries(PANES.map((pane) => [pane, document.querySelector(`[data-pane="${pane}"]`)]));
const panes = {
  employee: new EmployeePane(sections.employee, state, actions),
  support: new SupportPane(sections.support, state, actions),
  admin: new AdminPane(sections.admin, state, actions),
};
const tabs = new PaneTabs(document.getElementById("tabs"), sections, () => state.changed());
const bar = new ConnectionBar(document.getElementById("connection"), () => socket.retry());

wireThemeButton(document.getElementById("theme"));
state.listen(draw);
draw();

const socket = new Socket(new URL("/playground/socket", location.href.replace(/^http/, "ws")).href, {
  onEvent(event) {
    if (event.event === "welcome") know(event.people);
    applyEvent(state, event);
    if (event.event === "welcome") greet();
    if (event.event === "snapshot") followLink();
  },
  onPhase(phase, failures) {
    Object.assign(state, { phase, failures });
    if (phase === "closed") {
      actions.loseCommands();
      state.releasePresses(() => true);
      document.body.dataset.connected = "false";
    }
    state.changed();
  },
});

function greet() {
  const { workspace, offline } = state;
  document.getElementById("workspace").textContent = workspace.name;
  document.getElementById("offline").hidden = !offline;
  document.body.dataset.connected = "true";
  actions.view();
  actions.sayAgain();
}

/** A link to a message, "#channel/id", opens its conversation, once. */
function followLink() {
  const [channel, id] = location.hash.slice(1).split("/");
  const message = id && state.message(id);
  if (!message || message.channel !== channel) return;
  history.replaceState(null, "", location.pathname);
  const { pane } = state.channel(channel);
  tabs.select(pane);
  panes[pane].open?.(message);
}

window.addEventListener("hashchange", followLink);

function draw() {
  for (const pane of PANES) panes[pane].update(tabs.isActive(pane));
  const unread = Object.fromEntries(PANES.map((pane) => [pane, unreadOf(state, pane).length]));
  const unreadIn = (channel) => messagesOf(entriesOf(state, "employee", channel)).filter((message) => state.unread.has(message.id)).length;
  for (const pane of PANES) panes[pane].updateBadges(unread[pane], unreadIn);
  tabs.drawBadges(unread);
  bar.update(state);
  const total = document.hidden ? PANES.reduce((sum, pane) => sum + unread[pane], 0) : 0;
  document.title = `${total ? `(${total}) ` : ""}${state.workspace.name} · ${state.workspace.bot} playground`;
}

/** Keys go to the pane that has the keyboard, else to the one last touched. */
function keyedPane() {
  return panes[document.activeElement?.closest("[data-pane]")?.dataset.pane ?? tabs.touched];
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("textarea, input:not([type=radio])");
  if (event.key === "Escape" && !event.isComposing) {
    if (keyedPane().close()) event.preventDefault();
  } else if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    keyedPane().focusComposer();
  }
});
