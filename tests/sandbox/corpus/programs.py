"""Whole programs as people paste them from other judges. Each reads its input and prints `prints`."""

from dataclasses import dataclass

from domain.code.runs import Language

PY, JS, TS = Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT


@dataclass(frozen=True)
class Program:
    name: str
    language: Language
    code: str
    input: str
    prints: str


_THREADS = """import threading

total = 0
lock = threading.Lock()

def work(numbers):
    global total
    for n in numbers:
        with lock:
            total += n

numbers = list(range(int(input())))
threads = [threading.Thread(target=work, args=(numbers[i::8],)) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total)
"""
_WORKER = """const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

if (isMainThread) {
  const n = Number(require('fs').readFileSync(0, 'utf8'));
  const parts = [0, 1, 2, 3].map((from) => new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: { from, n } });
    worker.on('message', resolve);
    worker.on('error', reject);
  }));
  Promise.all(parts).then((sums) => console.log(sums.reduce((a, b) => a + b, 0)));
} else {
  let sum = 0;
  for (let i = workerData.from; i < workerData.n; i += 4) sum += i;
  parentPort.postMessage(sum);
}
"""
_MODULE_WORKER = """import { Worker } from 'node:worker_threads';
import { readFileSync } from 'node:fs';

const n = Number(readFileSync(0, 'utf8'));
const worker = new Worker(`require('worker_threads').parentPort.postMessage(${n} * 2)`, { eval: true });
worker.once('message', (m) => { console.log(m); worker.terminate(); });
"""
_HACKERRANK = """import math
import os
import random
import re
import sys

#
# Complete the 'simpleArraySum' function below.
#
def simpleArraySum(ar):
    return sum(ar)

if __name__ == '__main__':
    ar_count = int(input().strip())
    ar = list(map(int, input().rstrip().split()))
    result = simpleArraySum(ar)
    print(str(result) + '\\n')
"""
_HACKERRANK_JS = """'use strict';

process.stdin.resume();
process.stdin.setEncoding('utf-8');

let inputString = '';
let currentLine = 0;

process.stdin.on('data', function(inputStdin) {
    inputString += inputStdin;
});

process.stdin.on('end', function() {
    inputString = inputString.split('\\n');
    main();
});

function readLine() {
    return inputString[currentLine++];
}

function main() {
    const n = parseInt(readLine().trim(), 10);
    const arr = readLine().replace(/\\s+$/g, '').split(' ').map(x => parseInt(x, 10));
    console.log(arr.reduce((a, b) => a + b, 0), n, readLine() === '');
}
"""
_CODEFORCES_JS = """const readline = require('readline');
const rl = readline.createInterface({ input: process.stdin, output: process.stdout, terminal: false });
const lines = [];
rl.on('line', (line) => lines.push(line)).on('close', () => {
  const [a, b] = lines[0].split(' ').map(BigInt);
  console.log((a * b).toString());
});
"""
_ASYNC_LINES = """import * as readline from 'node:readline';

const rl = readline.createInterface({ input: process.stdin });
let sum: number = 0;
for await (const line of rl) sum += Number(line);
console.log(sum);
"""
_FAST = """import sys
input = sys.stdin.readline
def solve():
    n = int(input())
    print(sum(int(input()) for _ in range(n)))
for _ in range(int(input())):
    solve()
"""
_ASYNCIO = """import asyncio, sys

async def main():
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print((await reader.read()).decode().strip()[::-1])

asyncio.run(main())
"""
_POOL = """from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(max_workers=16) as pool:
    print(sum(pool.map(lambda n: n * n, range(int(input())))))
"""

_READ = {
    PY: "print(open('{path}').read().strip()[::-1])",
    JS: "const s = require('fs').readFileSync('{path}', 'utf8');\nconsole.log([...s.trim()].reverse().join(''));",
    TS: "import { readFileSync } from 'fs';\nconst s: string = readFileSync('{path}', 'utf8');\n"
    "console.log([...s.trim()].reverse().join(''));",
}
_LINES = {
    PY: "import sys, json\nprint(json.dumps(sys.stdin.buffer.read().decode().split('\\n')))",
    JS: "const rows = require('fs').readFileSync(0, 'utf8').split('\\n');\nconsole.log(JSON.stringify(rows));",
    TS: "import fs from 'fs';\nconst rows: string[] = fs.readFileSync(0, 'utf8').split('\\n');\n"
    "console.log(JSON.stringify(rows));",
}
_ROWS = '["a", "b", ""]'
_ENDS = {
    "windows": "a\r\nb\r\n",
    "old mac": "a\rb\r",
    "unix": "a\nb\n",
    "mark": "\ufeffa\nb\n",
    "mixed": "a\r\nb\n",
}
_PATHS = ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0")

PROGRAMS = [
    *(
        Program(f"{language.value} opens {path}", language, code.replace("{path}", path), "abc", "cba")
        for language, code in _READ.items()
        for path in _PATHS
    ),
    *(
        Program(f"{language.value} reads {name} lines", language, code, text, _ROWS)
        for language, code in _LINES.items()
        for name, text in _ENDS.items()
    ),
    *(
        Program(
            f"{language.value} code with a mark and windows lines",
            language,
            f"\ufeff{code}\r\n".replace("\n", "\r\n"),
            "a\nb\n",
            _ROWS,
        )
        for language, code in _LINES.items()
    ),
    Program("python writes to /dev/stdout", PY, "open('/dev/stdout', 'w').write(input() + '!')", "hi", "hi!"),
    Program(
        "javascript writes to /dev/stdout",
        JS,
        "const fs = require('fs');\nfs.writeFileSync('/dev/stdout', fs.readFileSync(0, 'utf8') + '!')",
        "hi",
        "hi!",
    ),
    Program(
        "a large input by its path",
        JS,
        "console.log(require('fs').readFileSync('/dev/stdin', 'utf8').length)",
        "x" * 200_000,
        "200000",
    ),
    Program(
        "exit() ends a program",
        PY,
        "n = int(input())\nif n == 0:\n    print('zero')\n    exit()\nprint(n)",
        "0",
        "zero",
    ),
    Program(
        "quit() in a loop",
        PY,
        "while True:\n    line = input()\n    if line == 'q':\n        quit()\n    print(line)",
        "a\nq\nb",
        "a",
    ),
    Program(
        "exit waits for threads",
        PY,
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()\nexit(0)",
        "",
        "late",
    ),
    Program("eight threads", PY, _THREADS, "1000", "499500"),
    Program("a pool of sixteen threads", PY, _POOL, "10", "285"),
    Program("four workers", JS, _WORKER, "1000", "499500"),
    Program("a worker of a module", JS, _MODULE_WORKER, "21", "42"),
    Program("hackerrank python", PY, _HACKERRANK, "3\r\n1 2 3\r\n", "6"),
    Program("hackerrank javascript", JS, _HACKERRANK_JS, "3\r\n1 2 3\r\n\r\n", "6 3 true"),
    Program(
        "codeforces javascript", JS, _CODEFORCES_JS, "123456789012345678901 10\r\n", "1234567890123456789010"
    ),
    Program("typescript reads lines as they come", TS, _ASYNC_LINES, "1\n2\n3", "6"),
    Program("codeforces python", PY, _FAST, "2\n1\n5\n2\n1\n2\n", "5\n3"),
    Program("asyncio reads standard input", PY, _ASYNCIO, "abc", "cba"),
    Program("a number of 6021 digits", PY, "print(len(str(2 ** 20000)))", "", "6021"),
    Program(
        "names without imports",
        PY,
        "d: Dict[str, int] = defaultdict(int)\nfor c in input(): d[c] += 1\nprint(Counter(d).most_common(1)[0][0], math.gcd(4, 6), ceil(1.5))",
        "abb",
        "b 2 2",
    ),
]
