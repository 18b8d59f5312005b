// Runs a candidate's JavaScript or TypeScript inside the box. It knows what to run, never what is expected. Frames on
// the control socket are four bytes of length, then JSON.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");
const module_ = require("node:module");
const { pathToFileURL } = require("node:url");

const control = Number(process.argv[2]);
const exit = process.reallyExit.bind(process);

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

function send(frame) {
  const body = Buffer.from(JSON.stringify(frame), "utf8");
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
  return [place ? Number(place[1]) : 1, caret < 0 ? 1 : lines[caret].indexOf("^") + 1, error.message];
}

function compileError(code, typed) {
  try {
    const plain = typed ? module_.stripTypeScriptTypes(code, { mode: "transform", sourceUrl: "main.ts" }) : code;
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
  } catch (error) {
    return syntaxError(error);
  }
  return null;
}

function epilogue(entryPoint) {
  const [owner, method] = entryPoint.split(".");
  const found = method
    ? `typeof ${owner} === "function" ? (...a) => new ${owner}()[${JSON.stringify(method)}](...a) : undefined`
    : `typeof ${owner} !== "undefined" ? ${owner} : undefined`;
  return `\n;globalThis.__entry__ = ${found};`;
}

async function call(found, args) {
  try {
    const value = await found(...args);
    return { ended: "finished", value: JSON.stringify(value === undefined ? null : value) };
  } catch (error) {
    console.error(error);
    return { ended: "runtime_error" };
  }
}

async function serve(file, task) {
  let found;
  try {
    const space = await import(pathToFileURL(file).href);
    const inner = space.default;
    found = [globalThis.__entry__, space[task.entry_point], inner && inner[task.entry_point], inner].find(
      (one) => typeof one === "function",
    );
  } catch (error) {
    console.error(error);
    exit(1);
  }
  if (!found) {
    console.error(`There is no function ${task.entry_point} in this code.`);
    exit(1);
  }
  for (;;) {
    send(await call(found, task.args));
    task = receive();
  }
}

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
if (task.entry_point === null) {
  module_.runMain();
} else {
  serve(file, task);
}
