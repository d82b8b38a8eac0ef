/* Make DOM nodes. Text only ever becomes text nodes: no markup is parsed from a string. */

const SVG = "http://www.w3.org/2000/svg";

/** An element; a property named "on…" is a listener, the others are attributes. */
export function el(tag, props = {}, ...children) {
  return finish(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return finish(document.createElementNS(SVG, tag), props, children);
}

function finish(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Words for screen readers (and the clipboard), not for the eye. */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}

/** The address if it is one a link may point at, else null. */
export function safeLink(href) {
  try {
    const url = new URL(href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside this page, unless it points at a message in it. */
export function outLink(href, props, ...children) {
  const inside = href.startsWith(`${location.origin}${location.pathname}#`);
  return el("a", { href, ...(inside ? {} : { target: "_blank", rel: "noopener noreferrer" }), ...props }, ...children);
}

const drawn = new WeakMap(); // parent -> Map of key -> { version, node }

/**
 * Make the parent's children match the items, touching only what changed.
 *
 * An item is { key, version, draw }: it is drawn again only when a member of
 * its version array is another value. Keyboard focus survives a redraw.
 *
 * Returns the nodes drawn for keys that were not there before.
 */
export function reconcile(parent, items) {
  const before = drawn.get(parent) ?? new Map();
  const after = new Map();
  const fresh = [];
  const wanted = new Set(items.map((item) => item.key));
  for (const [key, entry] of before) if (!wanted.has(key)) entry.node.remove();
  let cursor = parent.firstChild;
  for (const item of items) {
    let entry = before.get(item.key);
    if (!entry) {
      entry = { version: item.version, node: item.draw() };
      fresh.push(entry.node);
    } else if (!same(entry.version, item.version)) {
      const node = item.draw();
      if (entry.node === cursor) cursor = node;
      replace(entry.node, node);
      entry = { version: item.version, node };
    }
    after.set(item.key, entry);
    if (entry.node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(entry.node, cursor);
  }
  drawn.set(parent, after);
  return fresh;
}

function same(one, other) {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

function replace(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(node);
  if (!focused) return;
  const marks = JSON.stringify(focused.dataset);
  const next = [...node.querySelectorAll("button[data-action], button[data-thread]")].find((button) => JSON.stringify(button.dataset) === marks) ?? node;
  if (next === node) node.tabIndex = -1;
  next.focus({ preventScroll: true });
}
