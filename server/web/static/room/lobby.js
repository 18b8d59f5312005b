// Before anything starts: one page with the notice, the device and consent; and the way to a person, which stays open.

import { byId, room, say } from "./page.js";
import { text } from "./texts.js";
import { keepDraft, forget, lasting } from "./memory.js";
import { excess, MESSAGE } from "./limits.js";
import { addressOf } from "./wires.js";

let agreed = false;
let begins = false;

/** Whether the press that gave consent begins the interview as well. */
export const beginsAtOnce = () => begins;

export function openLobby(channel) {
  wordTime();
  checkDevice();
  byId("consent").addEventListener("submit", (event) => {
    event.preventDefault();
    if (agreed) return;
    agreed = true;
    begins = event.submitter?.value !== "practice";
    say(byId("consent-status"), text("talk.sending"));
    channel.send("consent", { version: room.consent.version, language: room.language });
  });
  // one press, two messages: the second may only follow when the first is stored
  channel.addEventListener("sent", ({ detail }) => {
    if (detail.message.type === "consent" && begins) channel.send("begin", {});
  });
  channel.addEventListener("refused", ({ detail }) => {
    if (["consent", "begin"].includes(detail.message.type)) agreed = begins = false;
  });
  openHelp(channel);
}

function openHelp(channel) {
  const words = byId("help-words");
  const status = byId("help-status");
  keepDraft(words, "draft:help");
  byId("help-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const bytes = excess(words.value, MESSAGE);
    if (bytes) return say(status, text("talk.long", { bytes }));
    const kind = new FormData(event.target).get("kind");
    channel.send("help", { kind, text: words.value.trim() });
    say(status, text("talk.sending"));
  });
  channel.addEventListener("sent", ({ detail }) => {
    if (detail.message.type !== "help") return;
    words.value = "";
    forget("draft:help");
    say(status, text("help.sent", { workspace: room.workspace }));
  });
}

/** Looking at the state changes nothing, and shows whether the server can be reached. */
async function checkDevice() {
  say(byId("lobby-drafts"), text(lasting ? "check.good" : "check.bad"));
  const answer = await fetch(addressOf("state")).catch(() => null);
  say(byId("lobby-server"), text(answer?.ok ? "check.good" : "check.waiting"));
}

/** The planned start as people of this language write it, in the zone it was planned in. */
function wordTime() {
  for (const time of document.querySelectorAll("time[data-zone]")) {
    const format = { dateStyle: "full", timeStyle: "short", timeZone: time.dataset.zone };
    const words = new Intl.DateTimeFormat(document.documentElement.lang, format).format(new Date(time.dateTime));
    say(time, `${words} (${time.dataset.zone})`);
  }
}
