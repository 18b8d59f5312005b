// The document: finding and making elements. Text becomes text nodes; nothing here or elsewhere parses HTML.

export const byId = (id) => document.getElementById(id);

export const room = JSON.parse(byId("room").textContent);

/** An element with attributes and children; strings become text nodes. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A piece of somebody's text, kept apart from the writing direction around it. */
export const apart = (text) => make("bdi", {}, String(text));

/** Say something in a status line; the same sentence twice is said again. */
export function say(line, text) {
  line.textContent = "";
  if (text) line.append(text);
}

const announcer = byId("announcer");

/** Read a finished turn to those who listen; what is older is taken out of the way. */
export function announce(text) {
  announcer.append(make("p", {}, text));
  while (announcer.childElementCount > 3) announcer.firstElementChild.remove();
}

/** Show one phase of the page; the others are hidden. */
export function showPhase(name) {
  for (const phase of document.querySelectorAll(".phase")) phase.hidden = phase.id !== name;
  document.body.dataset.phase = name;
}
