// After practice: what to work on, as soon as it is there.

import { byId, make, say } from "./page.js";
import { text } from "./texts.js";
import { addressOf } from "./wires.js";

const EVERY = 3000;
const MOST = 40;

/** Show the feedback of this address's state, asking again while it is being prepared. */
export async function showFeedback(tries = 0) {
  const feedback = await current();
  if (!feedback?.due) return;
  byId("feedback").hidden = false;
  if (feedback.lines) return show(feedback.lines);
  say(byId("feedback-status"), text(tries < MOST ? "feedback.wait" : "feedback.later"));
  if (tries < MOST) setTimeout(() => showFeedback(tries + 1), EVERY);
}

async function current() {
  try {
    const answer = await fetch(addressOf("state"));
    return answer.ok ? (await answer.json()).feedback : { due: true, lines: null };
  } catch {
    return { due: true, lines: null }; // the line is down: it is asked for again
  }
}

function show(lines) {
  say(byId("feedback-status"), lines.length ? "" : text("feedback.none"));
  byId("feedback-lines").replaceChildren(...lines.map((line) => make("li", {}, line)));
}
