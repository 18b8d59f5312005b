// The time left, in whole minutes and without alarm. The server's clock counts; this one only fills its pauses.

import { byId, say } from "./page.js";
import { counted, text } from "./texts.js";

const shown = byId("clock");
let left = null;
let since = 0;
let paused = false;

/** What the server's clock says. */
export function setClock(frame) {
  left = frame.left_seconds;
  paused = frame.paused;
  since = performance.now();
  show();
}

export function pauseClock(stands) {
  if (left !== null) setClock({ left_seconds: remaining(), paused: stands });
}

export function hideClock() {
  left = null;
  shown.hidden = true;
}

const remaining = () => left - (paused ? 0 : (performance.now() - since) / 1000);

function show() {
  shown.hidden = left === null;
  if (left === null) return;
  const words = wordsFor(remaining());
  if (shown.textContent !== words) say(shown, words);
}

function wordsFor(seconds) {
  if (paused) return text("clock.paused");
  if (seconds <= 0) return text("clock.over");
  if (seconds <= 60) return text("clock.last");
  return counted("clock.left", "minutes", Math.ceil(seconds / 60));
}

setInterval(show, 1000);
