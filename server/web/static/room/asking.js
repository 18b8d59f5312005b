// One question with two answers, in the page's own dialog.

import { byId, say } from "./page.js";
import { text } from "./texts.js";

const dialog = byId("asking");

/** True when the candidate says yes; Escape is a no. `words` is the key of what is at stake. */
export function asked(area, words = `${area}.text`) {
  for (const part of ["title", "yes", "no"]) say(byId(`asking-${part}`), text(`${area}.${part}`));
  say(byId("asking-text"), text(words));
  dialog.returnValue = "no";
  dialog.showModal();
  // what cannot be taken back is not what Enter does
  byId("asking-no").focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
