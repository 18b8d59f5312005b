// One question with two answers, in the page's own dialog.

import { byId, say } from "./page.js";
import { text } from "./texts.js";

const dialog = byId("asking");

/** True when the candidate says yes; Escape is a no. */
export function asked(area) {
  for (const part of ["title", "text", "yes", "no"]) say(byId(`asking-${part}`), text(`${area}.${part}`));
  dialog.returnValue = "no";
  dialog.showModal();
  // what cannot be taken back is not what Enter does
  byId("asking-no").focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
