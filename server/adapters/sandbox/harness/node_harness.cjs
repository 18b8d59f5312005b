// Runs a candidate's JavaScript or TypeScript inside the box. It knows what to run, never what is expected. Frames on
// the control socket are four bytes of length, then a line of JSON, then perhaps text.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");
const module_ = require("node:module");
const threads = require("node:worker_threads");
const { pathToFileURL } = require("node:url");

const control = Number(process.argv[2]);
const exit = process.reallyExit.bind(process);
const MOST_DIGITS = 4300;

function take(count) {
  const data = Buffer.alloc(count);
  let have = 0;
  while (have < count) {
    const got = fs.readSync(control, data, have, count - have, null);
    if (got === 0) exit(0); // the server has closed the socket
    have += got;
  }
  return data;
}

function receive() {
  return JSON.parse(take(take(4).readUInt32BE(0)).toString("utf8"));
}

function send(frame, text) {
  const body = Buffer.from(JSON.stringify(frame) + (text === undefined ? "" : `\n${text}`), "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length, 0);
  let data = Buffer.concat([head, body]);
  while (data.length) data = data.subarray(fs.writeSync(control, data));
}

// Line, column and message of a syntax error, from a stack such as "main.ts:2", source lines, a line with a caret.
function syntaxError(error) {
  const lines = String(error.stack || "").split("\n");
  const place = /:(\d+)$/.exec(lines[0]);
  const caret = lines.findIndex((line) => /^\s*\^+\s*$/.test(line));
  return [place ? Number(place[1]) : 1, caret < 0 ? 1 : lines[caret].indexOf("^") + 1, error.message.slice(0, 500)];
}

// The syntax error of plain JavaScript, null if there is none.
function errorIn(plain) {
  try {
    vm.compileFunction(plain, ["exports", "require", "module", "__filename", "__dirname"], { filename: "main.js" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) return syntaxError(error);
    // Top-level import, export and await are valid in a module, so try to compile it as one.
    try {
      new vm.SourceTextModule(plain, { identifier: "main.js" });
    } catch {
      return syntaxError(error);
    }
  }
  return null;
}

function compileError(code, typed) {
  try {
    const found = typed ? errorInTyped(code) : errorIn(code);
    return found && explained(code, found);
  } catch (error) {
    return explained(code, syntaxError(error));
  }
}

function errorInTyped(code) {
  const transformed = module_.stripTypeScriptTypes(code, { mode: "transform", sourceMap: true, sourceUrl: "main.ts" });
  const found = errorIn(transformed);
  if (!found) return null;
  try {
    // This mode keeps all places, and takes no enums and namespaces.
    const same = errorIn(module_.stripTypeScriptTypes(code, { mode: "strip" }));
    if (same) return same;
  } catch {}
  const [line, column, message] = found;
  const map = Buffer.from(transformed.slice(transformed.lastIndexOf("base64,") + 7), "base64").toString("utf8");
  const place = new module_.SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  return place.originalLine === undefined ? found : [place.originalLine + 1, place.originalColumn + 1, message];
}

// The error, in words if it is a decorator. A source map knows where a decorated thing begins, not where its "@" is.
function explained(code, [line, column, message]) {
  const lines = code.split("\n");
  const decorator = [lines[line - 1], lines[line - 2]].findIndex((text) => /^\s*@/.test(text || ""));
  const here = (lines[line - 1] || "")[column - 1] === "@";
  if (message !== "Invalid or unexpected token" || (!here && decorator < 0)) return [line, column, message];
  const at = here ? line : line - decorator;
  const words = "Decorators are not supported: call the function yourself, or leave the decorator out.";
  return [at, here ? column : lines[at - 1].indexOf("@") + 1, words];
}

function isName(text) {
  try {
    vm.compileFunction(`"use strict"; typeof ${text}`, []);
    return !/^(this|null|true|false|super)$/.test(text);
  } catch {
    return false;
  }
}

// Lines behind the code that make visible what an entry point can be: the named thing, and the class Solution.
function epilogue(entryPoint) {
  const names = [entryPoint.split(".")[0], "Solution"].filter(isName);
  const visible = names.map((name) => `${name}: typeof ${name} === "undefined" ? undefined : ${name}`);
  return `\n;globalThis.__entry__ = { ${visible.join(", ")} };`;
}

// A function that calls the method on a new object of the class, or on the object itself.
function methodOf(owner, name) {
  if (typeof owner === "object" && owner !== null && typeof owner[name] === "function") return owner[name].bind(owner);
  if (typeof owner !== "function") return undefined;
  if (typeof owner.prototype?.[name] === "function") return (...args) => new owner()[name](...args);
  if (typeof owner[name] === "function") return owner[name].bind(owner);
  if (!isClass(owner)) return undefined;
  return typeof new owner()[name] === "function" ? (...args) => new owner()[name](...args) : undefined;
}

function isClass(value) {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

// The function that an entry point names, in what the code defines and exports.
function functionOf(entryPoint, space) {
  const [owner, method] = entryPoint.split(".");
  const spaces = [globalThis.__entry__ ?? {}, space, space.default ?? {}];
  if (method !== undefined) return first(spaces, (one) => methodOf(one[owner], method));
  const inner = space.default;
  return (
    first(spaces, (one) => (typeof one[owner] === "function" && !isClass(one[owner]) ? one[owner] : undefined)) ??
    first(spaces, (one) => methodOf(one.Solution, owner)) ??
    methodOf(isClass(inner) ? inner : undefined, owner) ??
    (typeof inner === "function" && !isClass(inner) ? inner : undefined)
  );
}

function first(values, find) {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Arguments from JSON. Whole numbers that a number cannot hold exactly are BigInts.
function fromJson(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value,
  );
}

// A value that JSON cannot express. The message says what to return instead.
class NotComparable extends Error {}

function toJson(value) {
  return JSON.stringify(value === undefined ? null : value, function (key, converted) {
    const original = this[key];
    if (typeof original === "bigint") return exact(original);
    if (typeof converted === "number") return exactNumber(converted);
    if (typeof converted === "function" || typeof converted === "symbol") {
      // Like JSON, leave out the methods of an object.
      if (key === "" || Array.isArray(this)) throw new NotComparable(`a ${typeof converted}`);
      return undefined;
    }
    if (typeof original !== "object" || original === null) return converted;
    return plain(original, converted);
  });
}

function plain(original, converted) {
  if (original instanceof Map) return objectOf(original);
  if (original instanceof Set) return [...original];
  if (ArrayBuffer.isView(original) && !(original instanceof DataView)) return Array.from(original);
  const kind = Object.prototype.toString.call(original).slice(8, -1);
  if (kind === "Promise") throw new NotComparable("a Promise inside a value: await it first");
  if (/Iterator$|Generator$/.test(kind)) throw new NotComparable(`a ${kind}: return an array of it`);
  if (/^(Weak(Map|Set|Ref)|RegExp|Error|ArrayBuffer|DataView)$/.test(kind)) throw new NotComparable(`a ${kind}`);
  return converted;
}

function objectOf(map) {
  const object = Object.create(null);
  for (const [key, value] of map) {
    if (!["string", "number", "bigint", "boolean"].includes(typeof key)) {
      throw new NotComparable("a Map whose keys are not text or numbers: return an array of its entries");
    }
    if (String(key) in object) throw new NotComparable(`a Map with a key that is the same as text twice`);
    object[String(key)] = value;
  }
  return object;
}

function exactNumber(number) {
  if (!Number.isFinite(number)) throw new NotComparable(`${number}, which is no number of JSON`);
  const whole = Number.isInteger(number) && !Number.isSafeInteger(number) && Math.abs(number) < 1e21;
  return whole ? exact(BigInt(number)) : number;
}

function exact(whole) {
  const text = String(whole);
  if (text.length > MOST_DIGITS) throw new NotComparable(`a number of more than ${MOST_DIGITS} digits`);
  return JSON.rawJSON(text);
}

// The argument as JSON if the call has changed it.
function changed(argument, before) {
  try {
    const after = toJson(argument);
    return after === toJson(before) ? undefined : after;
  } catch (error) {
    if (error instanceof NotComparable) return undefined; // then it is no answer, and nothing was returned
    throw error;
  }
}

// The outcome as a frame with its text: the value that was returned, or the first argument if nothing was returned and
// the argument has changed.
async function call(found, text) {
  try {
    const args = fromJson(text);
    const value = await found(...args);
    if (value === undefined && typeof args[0] === "object" && args[0] !== null) {
      const after = changed(args[0], fromJson(text)[0]);
      if (after !== undefined) return [{ ended: "finished", changed: true }, after];
    }
    return [{ ended: "finished" }, toJson(value)];
  } catch (error) {
    console.error(error instanceof NotComparable ? `The function returned ${error.message}.` : error);
    return [{ ended: "runtime_error" }];
  }
}

async function serve(file, task) {
  let found;
  try {
    const space = await import(pathToFileURL(file).href);
    found = functionOf(task.entry_point, space);
  } catch (error) {
    console.error(error);
    exit(1);
  }
  if (!found) {
    console.error(`There is no function ${task.entry_point} in this code.`);
    exit(1);
  }
  for (;;) {
    send(...(await call(found, task.args)));
    task = receive();
  }
}

// Each thread of V8 reserves 512 MiB for code if it is not told otherwise, and what a box may reserve is limited.
const Thread = threads.Worker;
threads.Worker = class Worker extends Thread {
  constructor(file, options = {}) {
    super(file, { ...options, resourceLimits: { codeRangeSizeMb: 16, ...options?.resourceLimits } });
  }
};
module_.syncBuiltinESMExports();

// A box kept ready loads the TypeScript compiler in advance.
if (process.argv[3] === "preload") module_.stripTypeScriptTypes("const warm: number = 1;", { mode: "transform" });
send({ ready: true });
const task = receive();
const typed = task.language === "typescript";
const failure = compileError(task.code, typed);
if (failure) {
  send({ compile_error: failure });
  exit(1);
}
const file = typed ? "/tmp/main.ts" : "/tmp/main.js";
fs.writeFileSync(file, task.entry_point === null ? task.code : task.code + epilogue(task.entry_point));
process.argv.splice(1, 3, file);
// Registered last, so that the process exits without further teardown.
process.once("beforeExit", () => process.on("exit", (code) => exit(code)));
// Whatever comes after this on the socket may be the candidate's own.
send({ started: true });
if (task.entry_point === null) {
  module_.runMain();
} else {
  serve(file, task);
}
