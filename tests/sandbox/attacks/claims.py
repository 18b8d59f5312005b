"""Programs that run and then claim that they do not compile, by frames of their own on every open file.

`python -m tests.sandbox.attacks.claims` prints those that are believed.
"""

import asyncio
import sys
from collections.abc import Iterator
from uuid import uuid4

from domain.code.runs import Case, Language, Run, RunResult
from server.adapters.sandbox import Sandbox

_ERROR = "{'compile_error': [3, 1, 'not my fault']}"
_STARTED = "{'started': true}"
# What a program sends, and what it does then.
_FRAMES = {
    "a compile error": [_ERROR],
    "that it starts, and a compile error": [_STARTED, _ERROR],
    "that it starts twice, and a compile error": [_STARTED, _STARTED, _ERROR],
    "a compile error and that it starts": [_ERROR, _STARTED],
    "that it ended, and a compile error": ["{'ended': 'finished'}", _ERROR],
}
_PYTHON = """import os
for fd in range(3, 64):
    for text in {frames}:
        data = text.replace("'", '"').encode()
        try: os.write(fd, len(data).to_bytes(4, 'big') + data)
        except OSError: pass
{after}
def f(x): return 0
"""
_JAVASCRIPT = """for (let fd = 3; fd < 64; fd++) {{
  for (const text of {frames}) {{
    const data = Buffer.from(text.replaceAll("'", '"'));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    try {{ require('node:fs').writeSync(fd, Buffer.concat([head, data])); }} catch {{}}
  }}
}}
{after}
function f(x) {{ return 0; }}
"""
_PROGRAM = {Language.PYTHON: _PYTHON, Language.JAVASCRIPT: _JAVASCRIPT, Language.TYPESCRIPT: _JAVASCRIPT}
_AFTER = {
    Language.PYTHON: {
        "goes on": "",
        "leaves": "os._exit(1)",
        "leaves well": "os._exit(0)",
        "removes its file": "os.remove('/tmp/main.py')\nos._exit(1)",
        "does not end": "while True: pass",
    },
    Language.JAVASCRIPT: {
        "goes on": "",
        "leaves": "process.reallyExit(1);",
        "removes its file": "require('node:fs').rmSync('/tmp/main.js'); process.exit(1);",
    },
    Language.TYPESCRIPT: {"leaves": "process.reallyExit(1);"},
}


def claims() -> Iterator[tuple[str, Language, str]]:
    """The name, the language and the program of each claim."""
    for language, ends in _AFTER.items():
        for end, after in ends.items():
            # what is sent matters most to a program that then leaves
            frames = _FRAMES if "leaves" in end else {"a compile error": [_ERROR]}
            for what, texts in frames.items():
                code = _PROGRAM[language].format(frames=texts, after=after)
                yield f"{language.value}: sends {what}, then {end}", language, code


async def is_believed(language: Language, code: str) -> bool:
    """Whether a program that makes a claim is taken for one that does not compile, or passes a case."""
    sandbox = Sandbox(1, warm=0, case_seconds=1)
    called = (Case.called([1], 1), Case.called([2], 2))
    runs = [
        Run(language, code, uuid4(), cases=called[:1], entry_point="f"),
        Run(language, code, uuid4(), cases=called, entry_point="f", shared_process=True),
        Run(language, code, uuid4(), cases=(Case.printed("", "x"),)),
    ]
    if "while" not in code:
        runs.append(Run(language, code, uuid4()))
    results: list[RunResult] = [await sandbox.run(run) for run in runs]
    await sandbox.stop()
    return any(result.compile_error is not None or result.passed > 0 for result in results)


async def print_believed() -> int:
    """Print each claim that is believed, and return their number."""
    believed = [name for name, language, code in claims() if await is_believed(language, code)]
    for name in believed:
        print(f"believed: {name}")
    return len(believed)


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(print_believed())))
