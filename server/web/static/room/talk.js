// The conversation: what was said, what is on its way, and the field to answer in.

import { announce, apart, byId, make, room, say } from "./page.js";
import { text } from "./texts.js";
import { forget, keepDraft, recall, remember, watch } from "./memory.js";
import { waiting } from "./outbox.js";
import { excess, MESSAGE } from "./limits.js";

const DRAFT = "draft:answer";
const turns = byId("turns");
const field = byId("answer");
const status = byId("answer-status");
const unsent = new Map(); // client id -> its turn, until the log has it
const stored = new Map(); // seq -> the turn that stands for it already
let touched = false; // somebody typed since the field was last filled or left

export function openTalk(channel) {
  const form = byId("answer-form");
  keepDraft(field, DRAFT);
  // what another tab wrote can arrive after this one was taken back; nobody's typing is overwritten
  watch(DRAFT, () => touched || reloadDraft());
  field.addEventListener("input", () => (touched = true));
  field.addEventListener("blur", () => (touched = false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(channel);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
  for (const message of waiting()) if (message.type === "answer") showWaiting(message.client_id, message.body.text);
  channel.addEventListener("sent", ({ detail }) => detail.message.type === "answer" && settle(detail));
  channel.addEventListener("refused", ({ detail }) => detail.message.type === "answer" && giveBack(detail));
}

function submit(channel) {
  const words = field.value;
  if (!words.trim()) return say(status, text("talk.empty"));
  const bytes = excess(words, MESSAGE);
  if (bytes) return say(status, text("talk.long", { bytes }));
  const { id, lasting } = channel.send("answer", { text: words });
  showWaiting(id, words);
  field.value = "";
  forget(DRAFT);
  say(status, lasting ? "" : text("line.unsent"));
  field.focus({ preventScroll: true });
}

/** Whether something stands in the field that was not sent. */
export const hasDraft = () => field.value.trim() !== "";

/** A logged turn of either side. */
export function showTurn(event, isNew) {
  if (event.type === "answer") return showAnswer(event);
  showThinking(false);
  add(turn("interviewer", room.interviewer, event.body.text));
  if (isNew) announce(text("talk.says", { interviewer: room.interviewer, text: event.body.text }));
}

function showAnswer({ seq, body }) {
  if (stored.delete(seq)) return;
  const [id, early] = [...unsent].find(([, shown]) => shown.words === body.text.trim()) ?? [];
  if (early) {
    early.element.remove();
    unsent.delete(id);
  }
  add(turn("candidate", text("talk.you"), body.text));
}

export function showThinking(is) {
  byId("thinking").hidden = !is;
}

export function reloadDraft() {
  field.value = recall(DRAFT) ?? field.value;
  touched = false;
}

function showWaiting(id, words) {
  const element = turn("candidate waiting", text("talk.you"), words);
  element.append(make("p", { class: "quiet" }, text("talk.sending")));
  add(element);
  unsent.set(id, { element, words: words.trim() });
}

/** The log has it: the turn on the page now stands for the logged one, whichever of the two is told first. */
function settle({ client_id: id, seq }) {
  const shown = unsent.get(id);
  if (!shown) return;
  unsent.delete(id);
  shown.element.classList.remove("waiting");
  shown.element.querySelector(".quiet").remove();
  stored.set(seq, shown.element);
}

function giveBack({ client_id: id, message, body }) {
  unsent.get(id)?.element.remove();
  unsent.delete(id);
  field.value = [message.body.text, field.value].filter(Boolean).join("\n\n");
  remember(DRAFT, field.value);
  const why = [body.error, body.hint].filter(Boolean).join(" ");
  say(status, `${text("talk.refused", { error: why })} ${text("talk.kept")}`);
}

function turn(kind, name, words) {
  const said = make("p", { class: "said", dir: "auto" }, words);
  return make("li", { class: `turn ${kind}` }, make("h3", { class: "name" }, apart(name)), said);
}

/** Beside a coding task the conversation has a pane of its own, which shows its end. */
const isInPane = () => {
  const pane = byId("talk");
  return pane.scrollHeight > pane.clientHeight;
};

/** Put a turn at the end, and follow it unless the candidate reads further up or is writing. */
function add(element) {
  const following = isInPane() || innerHeight + scrollY > document.documentElement.scrollHeight - 240;
  turns.append(element);
  if (following) element.scrollIntoView({ block: "nearest" });
  return element;
}
