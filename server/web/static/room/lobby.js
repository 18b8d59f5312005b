// Before anything starts: consent, and the way to a person, which stays open until the end.

import { byId, room, say } from "./page.js";
import { text } from "./texts.js";
import { keepDraft, forget } from "./memory.js";
import { excess, MESSAGE } from "./limits.js";

export function openLobby(channel) {
  wordTime();
  const agree = byId("agree");
  byId("consent").addEventListener("submit", (event) => {
    event.preventDefault();
    const status = byId("consent-status");
    agree.setAttribute("aria-invalid", String(!agree.checked));
    if (!agree.checked) {
      say(status, text("consent.missing"));
      return agree.focus();
    }
    say(status, text("talk.sending"));
    channel.send("consent", { version: room.consent.version, language: room.language });
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

/** The planned start as people of this language write it, in the zone it was planned in. */
function wordTime() {
  for (const time of document.querySelectorAll("time[data-zone]")) {
    const format = { dateStyle: "full", timeStyle: "short", timeZone: time.dataset.zone };
    const words = new Intl.DateTimeFormat(document.documentElement.lang, format).format(new Date(time.dateTime));
    say(time, `${words} (${time.dataset.zone})`);
  }
}
