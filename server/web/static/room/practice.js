// The connection is checked and the page tried out; nothing here counts.

import { byId, say } from "./page.js";
import { text } from "./texts.js";
import { forget, keepDraft, lasting } from "./memory.js";
import { excess, MESSAGE } from "./limits.js";

export function openPractice(channel) {
  const words = byId("practice-text");
  const status = byId("practice-status");
  keepDraft(words, "draft:practice");
  say(byId("check-drafts"), text(lasting ? "check.good" : "check.bad"));
  byId("practice-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!words.value.trim()) return say(status, text("talk.empty"));
    const bytes = excess(words.value, MESSAGE);
    if (bytes) return say(status, text("talk.long", { bytes }));
    channel.send("practice", { text: words.value });
    say(status, text("talk.sending"));
  });
  channel.addEventListener("sent", ({ detail }) => {
    if (detail.message.type !== "practice") return;
    words.value = "";
    forget("draft:practice");
    say(status, "");
    showStored();
  });
  openBegin(channel);
}

function openBegin(channel) {
  byId("begin").addEventListener("click", () => {
    if (channel.line !== "open") return say(byId("begin-status"), text("begin.wait"));
    say(byId("begin-status"), text("talk.sending"));
    channel.send("begin", {});
  });
}

export function showLine(channel) {
  const open = channel.kind === "stream" ? "check.slow" : "check.good";
  say(byId("check-live"), text(channel.line === "open" ? open : "check.waiting"));
}

export function showReply(reply) {
  byId("practice-talk").hidden = false;
  say(byId("practice-reply"), reply);
}

export function showStored() {
  say(byId("check-saved"), text("check.good"));
}
