// The calm end: what happened, what happens next, and what did not arrive in time.

import { byId, make, room, say, showPhase } from "./page.js";
import { text, worded } from "./texts.js";
import { take, waiting } from "./outbox.js";
import { hideClock } from "./clock.js";
import { showFeedback } from "./feedback.js";

export function showEnd(reason) {
  showPhase("ended");
  hideClock();
  say(byId("line"), "");
  byId("help").hidden = true;
  const words = worded("end", reason).replace("{workspace}", () => room.workspace);
  say(byId("ended-reason"), words === reason ? text("end.completed") : words);
  byId("ended-title").focus();
  scrollTo(0, 0);
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
