// The candidate's page: which phase it is in, and which part of it each event is for.

import { byId, room, say, showPhase } from "./page.js";
import { text } from "./texts.js";
import { Channel } from "./channel.js";
import { asked } from "./asking.js";
import { pauseClock, setClock } from "./clock.js";
import { beginsAtOnce, openLobby } from "./lobby.js";
import { openPractice, showLine, showReply, showStored } from "./practice.js";
import * as talk from "./talk.js";
import * as code from "./code.js";
import { openSignals } from "./signals.js";
import { giveBackDrafts, giveBackUnsent, offerFeedback, showEnd, showUnsent } from "./ending.js";
import { isActiveTab } from "./memory.js";
import { goToPlace, openPlace } from "./place.js";
import { waiting } from "./outbox.js";

let phase = room.phase;
const PHASES = ["lobby", "practice", "interview", "ended"];

/** Phases only go forward, whatever an old event says. */
function reach(next) {
  if (PHASES.indexOf(next) <= PHASES.indexOf(phase)) return;
  phase = next;
  showPhase(next);
  scrollTo(0, 0);
  // the button that led here is hidden now: its focus would be lost, so it goes to the new part
  byId(next === "practice" ? "practice-text" : "content").focus({ preventScroll: true });
}

const isNew = (event) => event.seq > room.last_seq;

const HEARD = {
  consent: () => beginsAtOnce() || reach("practice"),
  practice: () => showStored(),
  practice_reply: ({ body }) => showReply(body.text),
  begun: () => reach("interview"),
  interviewer: (event) => {
    const { kind, task, about } = event.body;
    if (task) code.showTask(task, isNew(event));
    else if (["open", "ask", "close"].includes(kind) && !code.isOf(about)) code.putAway();
    talk.showTurn(event, isNew(event));
    if (isNew(event) && !task) goToPlace();
  },
  answer: (event) => talk.showTurn(event, isNew(event)),
  code_result: (event) => code.showRun(event.body, isNew(event)),
  code_submitted: ({ body }) => code.showSubmitted(body),
  paused: () => pauseClock(true),
  resumed: () => pauseClock(false),
  ended: ({ body }) => end(body.reason),
};

const SEEN = {
  thinking: () => talk.showThinking(true),
  clock: ({ body }) => setClock(body),
  superseded: () => {},
};

function start() {
  const channel = new Channel();
  channel.addEventListener("event", ({ detail }) => {
    HEARD[detail.type]?.(detail);
    closeIfDone(channel);
  });
  channel.addEventListener("frame", ({ detail }) => SEEN[detail.type]?.(detail));
  channel.addEventListener("line", () => showChannel(channel));
  // the server has a page for what is over
  channel.addEventListener("over", () => location.reload());
  channel.addEventListener("sent", () => closeIfDone(channel));
  channel.addEventListener("refused", ({ detail }) => {
    refused(detail);
    closeIfDone(channel);
  });
  openLobby(channel);
  openPractice(channel);
  openPlace();
  talk.openTalk(channel);
  code.openCode(channel);
  openSignals(channel, () => phase === "interview" && !["superseded", "unopened"].includes(channel.line));
  openLeave(channel);
  for (const button of [byId("take-back"), byId("go-on")])
    button.addEventListener("click", () => {
      talk.reloadDraft();
      channel.open();
      byId("content").focus({ preventScroll: true });
      if (phase === "interview") goToPlace();
    });
  if (phase === "interview" && room.left_seconds !== null) setClock(room);
  if (isActiveTab()) channel.open();
  else if (phase !== "lobby") return waitForPerson();
  showPhase(phase);
}

/**
 * An interview that has begun may be open elsewhere: arriving here, which scanners of mails do as well, changes nothing
 * until somebody presses on. The lobby needs no such question, because agreeing is one.
 */
function waitForPerson() {
  byId("elsewhere").hidden = false;
  showPhase("elsewhere");
}

function openLeave(channel) {
  byId("leave").addEventListener("click", async () => {
    const unsent = talk.hasDraft() || code.hasDraft();
    if (await asked("leave", unsent ? "leave.draft" : "leave.text")) channel.leave();
  });
}

function showChannel(channel) {
  const superseded = channel.line === "superseded";
  byId("superseded").hidden = !superseded;
  if (!byId("elsewhere").hidden) {
    byId("elsewhere").hidden = true;
    showPhase(phase);
  }
  for (const part of ["answer-form", "speak", "task", "practice", "lobby"]) byId(part).inert = superseded;
  if (superseded) byId("take-back").focus();
  document.body.dataset.line = channel.line;
  const key = `line.${{ open: "connected", lost: "lost", connecting: "connecting" }[channel.line]}`;
  say(byId("line"), channel.line in { open: 1, lost: 1, connecting: 1 } && phase !== "ended" ? text(key) : "");
  if (channel.line !== "open") talk.showThinking(false);
  pauseIfLost(channel);
  showLine(channel);
}

/** The server stops the clock when a line stays down, and tells the right time when it is back. */
function pauseIfLost(channel) {
  if (channel.line === "lost") setTimeout(() => channel.line === "lost" && pauseClock(true), 10_000);
}

/** A refusal outside the conversation; answers and code tell of theirs themselves. */
function refused({ message, body }) {
  const places = { consent: "consent-status", practice: "practice-status", begin: "begin-status", help: "help-status" };
  const place = places[message.type];
  const why = [body.error, body.hint].filter(Boolean).join(" ");
  if (message.type === "begin" && phase === "lobby" && body.code !== "ended") reach("practice");
  if (place) say(byId(place), text("talk.refused", { error: why }));
  if (phase === "ended") showUnsent(message);
}

function end(reason) {
  if (phase === "ended") return;
  phase = "ended";
  showEnd(reason);
  offerFeedback();
}

/** The line stays until the fate of every message is known. */
function closeIfDone(channel) {
  if (phase === "ended" && !waiting().length) channel.close();
}

if (phase === "ended") {
  giveBackUnsent();
  giveBackDrafts();
  offerFeedback();
} else start();
