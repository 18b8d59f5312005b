// The calm end: what happened, what happens next, and what did not arrive in time.

import { byId, make, room, say, showPhase } from "./page.js";
import { text, worded } from "./texts.js";
import { forget, keys, recall } from "./memory.js";
import { take, waiting } from "./outbox.js";
import { hideClock } from "./clock.js";
import { showFeedback } from "./feedback.js";

export function showEnd(reason) {
  showPhase("ended");
  hideClock();
  say(byId("line"), "");
  byId("help").hidden = true;
  const title = worded("end.title", reason);
  const words = worded("end", reason).replace("{workspace}", () => room.workspace);
  say(byId("ended-title"), title === reason ? text("end.title.completed") : title);
  say(byId("ended-reason"), words === reason ? text("end.completed") : words);
  // nobody reads or decides where nothing is assessed
  const assessed = ["completed", "left"].includes(reason);
  byId("ended-next").hidden = byId("ended-ask").hidden = !assessed;
  byId("ended-again").hidden = assessed;
  giveBackDrafts();
  byId("ended-title").focus();
  scrollTo(0, 0);
}

/** What stood in a field when it ended is given back, and this browser forgets it. */
export function giveBackDrafts() {
  for (const key of keys("draft:")) {
    if (key === "draft:answer" || key.startsWith("draft:code:")) showUnsent({ body: { text: recall(key) } });
    forget(key);
  }
}

/** After practice there is something to take away. */
export function offerFeedback() {
  if (room.mode === "practice_session") showFeedback();
}

/** What was written but never taken is given back to its author, not dropped. */
export function giveBackUnsent() {
  const late = waiting();
  for (const { client_id: id } of late) take(id);
  for (const message of late) showUnsent(message);
}

export function showUnsent({ body }) {
  const words = body.text ?? body.code;
  if (!words) return;
  byId("unsent").hidden = false;
  byId("unsent-texts").append(make("pre", { dir: "auto" }, words));
}
