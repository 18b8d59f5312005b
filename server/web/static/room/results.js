// What a run of the candidate's code came to, as a list; hidden cases tell only whether they passed.

import { apart, byId, make } from "./page.js";
import { text, worded } from "./texts.js";

export function showResults(run) {
  const passed = run.cases.filter((one) => one.status === "passed").length;
  const whole = run.cases.length
    ? text("code.passed", { passed, all: run.cases.length })
    : text("code.nocases", { status: worded("case", run.status) });
  const parts = [make("p", { class: "sum" }, whole)];
  if (run.compile_error) parts.push(output("", text("code.compile", run.compile_error)));
  if (run.cases.length) parts.push(make("ul", { class: "cases" }, ...run.cases.map(caseItem)));
  if (run.stdout) parts.push(output("code.stdout", run.stdout));
  if (run.stderr) parts.push(output("code.stderr", run.stderr));
  byId("results-body").replaceChildren(...parts);
  byId("results").hidden = false;
  return whole;
}

export function hideResults() {
  byId("results").hidden = true;
  byId("results-body").replaceChildren();
}

function caseItem(one) {
  const good = one.status === "passed";
  const head = make("p", {}, mark(good), apart(one.name), ": ", make("b", {}, worded("case", one.status)));
  const facts = [one.hidden ? text("code.hidden") : "", duration(one)].filter(Boolean).join(", ");
  if (facts) head.append(make("span", { class: "quiet" }, ` (${facts})`));
  const item = make("li", { class: good ? "good" : "bad" }, head);
  if (one.hidden || good) return item;
  if (present(one.expected_output)) item.append(output("code.expected", one.expected_output));
  if (present(one.actual_output)) item.append(output("code.actual", one.actual_output));
  if (one.stderr) item.append(output("code.stderr", one.stderr));
  return item;
}

const present = (value) => value !== undefined && value !== null;

const mark = (good) => make("span", { class: "mark", "aria-hidden": "true" }, good ? "✓ " : "✗ ");

const duration = (one) =>
  present(one.duration_ms) ? text("code.duration", { milliseconds: Math.round(one.duration_ms) }) : "";

function output(label, words) {
  const shown = make("pre", { dir: "auto" }, words);
  return label ? make("div", { class: "output" }, make("p", { class: "quiet" }, text(label)), shown) : shown;
}
