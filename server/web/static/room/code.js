// The coding task: its text, the editor with a draft per language, runs and the final submission.

import { apart, announce, byId, make, say } from "./page.js";
import { text, worded } from "./texts.js";
import { forget, keys, recall, remember } from "./memory.js";
import { waiting } from "./outbox.js";
import { asked } from "./asking.js";
import { CODE, excess } from "./limits.js";
import { openEditor } from "./editor.js";
import { hideResults, showResults } from "./results.js";
import { goToTask, setPlace } from "./place.js";
import { grown } from "./tree.js";

const section = byId("task");
const words = byId("task-text");
const language = byId("code-language");
const status = byId("code-status");
const buttons = [byId("code-run"), byId("code-submit")];
let editor = null;
let task = null;
let submitted = null; // the final version: its language and code
let busy = false;
let opening = null;

const draftKey = () => `draft:code:${task.id}:${language.value}`;
const chosenKey = () => `draft:language:${task.id}`;

export function openCode(channel) {
  byId("code-run").addEventListener("click", () => send(channel, "code_run"));
  byId("code-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!busy && (await asked("submit"))) send(channel, "code_submit");
  });
  language.addEventListener("change", () => {
    remember(chosenKey(), language.value);
    showDraft();
  });
  channel.addEventListener("refused", ({ detail }) => {
    if (!detail.message.type.startsWith("code_")) return;
    setBusy(false);
    say(status, text("talk.refused", { error: [detail.body.error, detail.body.hint].filter(Boolean).join(" ") }));
  });
}

/** A task the interviewer has set. */
export async function showTask(given, isNew) {
  task = given;
  submitted = null;
  section.hidden = words.hidden = false;
  say(byId("task-title"), text("code.title", { title: task.title }));
  byId("task-prompt").replaceChildren(...grown(task.prompt));
  byId("task-cases").replaceChildren(...task.cases.map(exampleRow));
  byId("task-examples").hidden = !task.cases.length;
  language.replaceChildren(...task.languages.map((name) => make("option", { value: name }, worded("programming", name))));
  language.value = task.languages.find((name) => name === recall(chosenKey())) ?? task.languages[0];
  hideResults();
  setPlace("task", () => editor?.focus());
  setDone(false);
  setBusy(waiting().some((message) => message.body.task === task.id));
  opening ??= openEditor(byId("editor"), (code) => task && !submitted && remember(draftKey(), code));
  editor = await opening;
  if (task !== given) return;
  showDraft();
  if (!submitted && (isNew || document.activeElement === byId("answer"))) goToTask();
}

/** Whether this is the task that is open. */
export const isOf = (id) => Boolean(id) && id === task?.id;

/** Whether the editor holds something that was not submitted. */
export function hasDraft() {
  if (!task || !editor || submitted) return false;
  return editor.code().trim() !== (task.starter[language.value] ?? "").trim();
}

/** What a run came to; of a submission only the sum is told before the interviewer goes on. */
export function showRun(body, isNew) {
  if (body.task !== task?.id) return;
  setBusy(false);
  const whole = showResults(body.run);
  say(status, body.submitted ? text("code.submitted") : "");
  if (!isNew) return;
  announce(whole);
  byId("results").scrollIntoView({ block: "nearest" });
}

/** The candidate's final version is in the log: the editor is closed. */
export function showSubmitted(body) {
  if (body.task !== undefined && body.task !== task?.id) return;
  submitted = { language: body.language, code: body.code };
  for (const key of keys(`draft:code:${task.id}:`)) forget(key);
  language.value = body.language;
  setDone(true);
  setPlace("about");
  if (editor) showDraft();
  say(status, text("code.submitted"));
}

/** The interviewer has gone on to something else. */
export function putAway() {
  section.hidden = words.hidden = true;
  task = submitted = null;
  setPlace("talk");
}

function send(channel, type) {
  if (busy || !editor) return;
  const code = editor.code();
  const bytes = excess(code, CODE);
  if (bytes) return say(status, text("code.long", { bytes }));
  channel.send(type, { task: task.id, language: language.value, code });
  setBusy(true);
}

function showDraft() {
  if (submitted) return editor.show(submitted.code, submitted.language);
  const draft = recall(draftKey());
  const starter = task.starter[language.value] ?? "";
  editor.show(draft ?? starter, language.value);
  if (draft === null) forget(draftKey());
}

// aria-disabled, not disabled: the focus stays where it is while the code runs
function setBusy(is) {
  busy = is;
  for (const button of buttons) button.setAttribute("aria-disabled", String(is));
  say(status, is ? text("code.running") : "");
}

function setDone(is) {
  byId("code-form").classList.toggle("done", is);
  busy = is;
  language.disabled = is;
  for (const button of buttons) button.hidden = is;
  opening?.then((opened) => opened.lock(is));
}

const exampleRow = (one) =>
  make("tr", {}, make("td", {}, apart(one.name)), cell(one.input), cell(one.expected_output));

const cell = (words) => make("td", {}, make("pre", { dir: "auto" }, String(words)));
