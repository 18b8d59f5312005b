// The one place to answer: the field, or the editor while a coding task is open. The focus goes there by itself, but
// never away from somebody who is typing or reading elsewhere.

import { byId, say } from "./page.js";
import { text } from "./texts.js";

const field = byId("answer");
const form = byId("answer-form");
const speak = byId("speak");
const WIDE = matchMedia("(min-width: 900px)");
let place = "talk";
let focusEditor = () => {};

export function openPlace() {
  speak.addEventListener("click", () => showForm(speak.getAttribute("aria-expanded") !== "true", true));
}

/** "talk": the field. "task": the editor, and the field when asked for. "about": the field, with the code in sight. */
export function setPlace(next, focusCode = focusEditor) {
  place = document.body.dataset.place = next;
  focusEditor = focusCode;
  const coding = next === "task";
  speak.hidden = !coding;
  showForm(!coding || field.value !== "");
  say(byId("answer-label"), text(coding ? "talk.message" : "talk.answer"));
  // in a pane of its own the conversation scrolls
  if (next === "talk") byId("talk").removeAttribute("tabindex");
  else byId("talk").setAttribute("tabindex", "0");
}

/** Move the focus to the place to answer, unless the person is busy. */
export function goToPlace() {
  if (isBusy()) return;
  if (place === "task") {
    // a reply while somebody works on code: only a focus that is nowhere is helped
    if ([document.body, byId("content"), null].includes(document.activeElement)) goToTask();
    return;
  }
  field.focus({ preventScroll: true });
}

/** A task has opened: to the editor where it stands beside the text, else to the text. */
export function goToTask() {
  if (isBusy()) return;
  if (WIDE.matches) focusEditor();
  else byId("task-title").focus();
}

function showForm(shown, andGo = false) {
  form.hidden = !shown;
  speak.setAttribute("aria-expanded", String(shown));
  if (shown && andGo) field.focus();
}

function isBusy() {
  const at = document.activeElement;
  if (byId("asking").open || (at === field && field.value)) return true;
  return Boolean(at?.matches("select, #editor, #editor textarea") || at?.closest("#help"));
}
