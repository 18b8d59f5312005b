"""Hostile JavaScript and TypeScript."""

from tests.sandbox.attacks.attack import Attack

_TRIED = """
const fs = require("node:fs");
const cp = require("node:child_process");
const tried = (what) => { try { console.log("GOT", String(what()).slice(0, 100)); } catch (e) { console.log("kept in", e.code); } };
"""

JAVASCRIPT = [
    Attack(
        "the first process's memory",
        _TRIED
        + "tried(() => fs.readFileSync('/proc/1/maps', 'utf8'));\ntried(() => fs.openSync('/proc/1/mem', 'r+'));\n"
        "tried(() => fs.readlinkSync('/proc/1/exe'));\ntried(() => fs.readdirSync('/proc/1/fd'));\n"
        "tried(() => fs.readFileSync('/proc/1/environ'));",
        prints="kept in",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "pipes that stay open",
        "for (let n = 0; n < 5; n++) require('node:child_process').spawn('/usr/bin/sleep', ['60'], { detached: true, stdio: 'inherit' }).unref();\n"
        "console.log('left'); process.kill(process.pid, 'SIGKILL');",
        prints="left",
        ends=("runtime_error",),
    ),
    Attack(
        "memory outside the heap",
        "const held = []; for (;;) held.push(Buffer.alloc(1e7, 1));",
        ends=("memory_limit", "runtime_error"),
    ),
    Attack(
        "shared memory of threads",
        "const held = []; for (;;) { const s = new SharedArrayBuffer(1e7); new Uint8Array(s).fill(1); held.push(s); }",
        ends=("memory_limit", "runtime_error"),
    ),
    Attack(
        "memory in many processes",
        "const cp = require('node:child_process');\n"
        "for (let n = 0; n < 8; n++) cp.spawn(process.execPath, ['-e', 'const held = []; for (;;) held.push(Buffer.alloc(1e7, 1));'], { stdio: 'ignore' });\n"
        "setTimeout(() => 0, 60000);",
        ends=("memory_limit",),
    ),
    Attack(
        "a million files",
        "const fs = require('node:fs'); for (let n = 0; ; n++) { try { fs.closeSync(fs.openSync('/tmp/f' + n, 'w')); } catch {} }",
        ends=("memory_limit",),
    ),
    Attack(
        "fork bomb",
        "const cp = require('node:child_process');\nfor (;;) { try { cp.spawn(process.execPath, ['-e', 'for(;;);']).on('error', () => {}); } catch {} }",
        ends="any",
    ),
    Attack(
        "worker bomb",
        "const { Worker } = require('node:worker_threads');\nfor (;;) new Worker('for(;;);', { eval: true }).on('error', () => {});",
        ends="any",
    ),
    Attack(
        "memory", "const a = []; for (;;) a.push(new Array(1e6).fill(Math.random()));", ends=("memory_limit",)
    ),
    Attack(
        "memory outside the heap",
        "const a = []; for (;;) a.push(Buffer.alloc(5e7, 1));",
        ends=("memory_limit", "runtime_error"),
    ),
    Attack("a string that doubles", "let s = 'x'; for (;;) s += s;", ends=("runtime_error", "memory_limit")),
    Attack(
        "output flood", "for (;;) require('node:fs').writeSync(1, 'x'.repeat(1000));", ends=("output_limit",)
    ),
    Attack("busy loop", "for (;;);", ends=("time_limit",)),
    Attack("a timer that never ends", "setInterval(() => {}, 1000);", ends=("time_limit",)),
    Attack(
        "a promise that starves the loop",
        "const f = () => Promise.resolve().then(f); f();",
        ends=("time_limit", "memory_limit"),
    ),
    Attack(
        "files of the host",
        _TRIED
        + "for (const p of ['/etc/passwd', '/root', '/home', '/proc/1/root/etc']) tried(() => fs.readdirSync(p));",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "writing to the runtime",
        _TRIED
        + "for (const p of ['/run/viva/harness.cjs', '/run/viva/node', '/usr/x', '/dev/x']) tried(() => fs.writeFileSync(p, 'x'));",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "disk fill",
        _TRIED + "tried(() => { for (let n = 0; ; n++) fs.writeFileSync('/tmp/' + n, Buffer.alloc(1e6)); });",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "network",
        "require('node:net').connect(80, '127.0.0.1').on('error', (e) => console.log('kept in', e.code)).on('connect', () => console.log('GOT'));",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "a server",
        "require('node:http').createServer().on('error', (e) => console.log('kept in', e.code)).listen(8080, () => { console.log('GOT'); process.exit(); });",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "fetch",
        "fetch('http://127.0.0.1/').then(() => console.log('GOT'), () => console.log('kept in'));",
        prints="kept in",
        ends=("finished",),
    ),
    Attack("environment", "console.log(JSON.stringify(process.env));", never="VIVA", ends=("finished",)),
    Attack(
        "bindings of the process",
        _TRIED
        + "tried(() => process.dlopen({ exports: {} }, '/tmp/none.node'));\ntried(() => process.setuid(0));",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "shell",
        _TRIED + "tried(() => cp.execSync('cat /etc/shadow; ls /root', { stdio: 'pipe', timeout: 3000 }));",
        never="GOT",
        ends=("finished",),
    ),
    Attack(
        "signals to the parent",
        "for (const p of [process.ppid, 1]) { try { process.kill(p, 'SIGKILL'); } catch {} }",
        ends="any",
    ),
    Attack("deep recursion", "const f = () => f(); f();", ends=("runtime_error",)),
    Attack(
        "an enormous integer",
        "let x = 2n; for (;;) x = x * x;",
        ends=("runtime_error", "time_limit", "memory_limit"),
    ),
    Attack(
        "invalid UTF-8",
        "require('node:fs').writeSync(1, Buffer.from([0xff, 0xfe, 0x6f, 0x6b]));",
        prints="ok",
        ends=("finished",),
    ),
    Attack(
        "a detached child",
        "const c = require('node:child_process').spawn('/usr/bin/sleep', ['60'], { detached: true, stdio: 'ignore' }); c.unref(); console.log('done');",
        prints="done",
        ends=("finished",),
    ),
    Attack("abort", "process.abort();", ends=("runtime_error",)),
    Attack(
        "code from strings",
        "console.log((0, eval)('typeof require'), new Function('return this.process?.pid ?? 0')() > 0);",
        ends=("finished",),
    ),
]

TYPESCRIPT = [
    Attack("busy loop", "let n: number = 0; while (true) n++;", ends=("time_limit",)),
    Attack(
        "memory",
        "const a: number[][] = []; for (;;) a.push(new Array<number>(1e6).fill(1));",
        ends=("memory_limit",),
    ),
    Attack(
        "files of the host",
        "import fs from 'node:fs';\nlet got: string = 'kept in';\ntry { got = 'GOT' + fs.readFileSync('/etc/passwd', 'utf8'); } catch {}\nconsole.log(got);",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "output flood",
        "for (;;) console.log('x'.repeat(10000));",
        ends=("output_limit", "time_limit", "memory_limit"),
    ),
    Attack(
        "network",
        "import net from 'node:net';\nnet.connect(22, '10.0.0.1').on('error', () => console.log('kept in'));",
        prints="kept in",
        ends=("finished",),
    ),
    Attack(
        "types that never end",
        "type A<T> = T extends string ? A<T> : A<string>;\nlet x: A<string>;\nconsole.log('no types are checked');",
        prints="no types are checked",
        ends=("finished",),
    ),
]
