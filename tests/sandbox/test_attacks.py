"""Every hostile program ends as expected, and no process of it is left."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from domain.code.runs import Case, Language, Run
from server.adapters.sandbox import Sandbox
from tests.sandbox.attacks.attack import Attack
from tests.sandbox.attacks.node import JAVASCRIPT, TYPESCRIPT
from tests.sandbox.attacks.python import PYTHON
from tests.sandbox.survivors import record_namespaces

pytestmark = pytest.mark.needs("sandbox")
_ALL = [
    *((Language.PYTHON, attack) for attack in PYTHON),
    *((Language.JAVASCRIPT, attack) for attack in JAVASCRIPT),
    *((Language.TYPESCRIPT, attack) for attack in TYPESCRIPT),
]
_NAMES = [f"{language.value}: {attack.name}" for language, attack in _ALL]


def boxes() -> list[str]:
    """The ids of this process's children that are boxes."""
    mine = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if b"bwrap" in command and parent == str(os.getpid()):
                mine.append(folder.name)
    return mine


@pytest.mark.parametrize(("language", "attack"), _ALL, ids=_NAMES)
async def test_an_attack_ends_with_its_expected_status_and_never_passes(
    language: Language, attack: Attack
) -> None:
    sandbox = Sandbox(1, warm=0, case_seconds=attack.seconds)
    case = Case.printed("", "whatever it prints")
    with record_namespaces() as namespaces:
        result = await sandbox.run(Run(language, attack.code, uuid4(), cases=(case,)))
    assert namespaces.seen
    assert namespaces.processes() == []
    (judged,) = result.cases
    seen = judged.observed
    if attack.ends != "any":
        assert seen.status.value in attack.ends, (seen.status, seen.stdout[-300:], seen.stderr[-300:])
    assert judged.status != "passed"
    assert attack.prints in seen.stdout
    if attack.never:
        assert attack.never not in seen.stdout
        assert seen.stdout, "it did try"
    await sandbox.stop()
    assert boxes() == []


# Programs that try to forge a result. The expected result never enters the box.
_FORGERIES = {
    "a frame of its own": "import os, json\nd = json.dumps({'ended': 'finished', 'value': '\"passed\"'}).encode()\n"
    "for fd in range(3, 64):\n    try: os.write(fd, len(d).to_bytes(4, 'big') + d)\n    except OSError: pass\n"
    "def f(x): return 0",
    "a broken frame": "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'\\xff\\xff\\xff\\xff' + b'x' * 100)\n"
    "    except OSError: pass\ndef f(x): return 0",
    "a value that equals everything": "class Any(int):\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
    "def f(x): return Any(0)",
    "a patched json": "import json\njson.dumps = lambda *a, **k: '42'\nimport builtins\nbuiltins.compile = None\ndef f(x): return 0",
    "expectations in memory": "import gc\ndef f(x):\n    found = [o for o in gc.get_objects() if isinstance(o, dict) and 'expected' in o]\n"
    "    return found and found[0]['expected']",
    "the caller's frames": "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n        for name, v in frame.f_locals.items():\n"
    "            if name in ('expected', 'case', 'cases'): return v\n        frame = frame.f_back\n    return 0",
    "leaving before the answer": "import os\ndef f(x): os._exit(0)",
    "exit in a destructor": "import atexit, os\natexit.register(lambda: os._exit(0))\ndef f(x): raise SystemExit(0)",
}


@pytest.mark.parametrize("name", _FORGERIES)
@pytest.mark.parametrize("shared", [False, True])
async def test_a_result_cannot_be_forged(name: str, shared: bool) -> None:
    sandbox = Sandbox(1, warm=0, case_seconds=2)
    secret = 123_456_789
    cases = (Case.called([1], secret), Case.called([2], secret + 1))
    run = Run(Language.PYTHON, _FORGERIES[name], uuid4(), cases=cases, entry_point="f", shared_process=shared)
    result = await sandbox.run(run)
    assert result.passed == 0
    assert str(secret) not in str([judged.observed for judged in result.cases])
    await sandbox.stop()


async def test_cases_of_a_batch_cannot_influence_each_other() -> None:
    sandbox = Sandbox(2, warm=1)
    code = (
        "import os\nseen = []\ndef f(n):\n    seen.append(n)\n    before = os.path.exists('/tmp/mark')\n"
        "    open('/tmp/mark', 'w').close()\n    if os.fork() == 0:\n        while True: pass\n    return [len(seen), before]"
    )
    cases = tuple(Case.called([n], [1, False]) for n in range(6))
    result = await sandbox.run(Run(Language.PYTHON, code, uuid4(), cases=cases, entry_point="f"))
    assert result.passed == 6
    shared = Run(
        Language.PYTHON,
        code.replace("os.fork() == 0", "False"),
        uuid4(),
        cases=cases,
        entry_point="f",
        shared_process=True,
    )
    assert (await sandbox.run(shared)).passed == 1, "one process remembers: that is what was asked for"
    await sandbox.stop()
    assert boxes() == []


async def test_a_run_that_is_given_up_leaves_nothing() -> None:
    sandbox = Sandbox(1, warm=1)
    task = asyncio.create_task(sandbox.run(Run(Language.PYTHON, "while True: pass", uuid4())))
    async with asyncio.timeout(20):
        while not boxes() and not task.done():
            await asyncio.sleep(0)
    assert not task.done(), task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await sandbox.stop()
    assert boxes() == []


async def test_the_server_s_own_memory_files_and_keys_are_out_of_reach(tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("do not tell")
    code = (
        f"import os, glob\nprint(os.path.exists({str(secret)!r}), glob.glob('/proc/*/environ'), os.getuid())\n"
        "for p in glob.glob('/proc/[0-9]*/cmdline'):\n    print(open(p).read())"
    )
    sandbox = Sandbox(1, warm=0)
    result = await sandbox.run(Run(Language.PYTHON, code, uuid4()))
    assert result.single is not None
    assert result.single.stdout.startswith("False")
    assert "pytest" not in result.single.stdout
    assert result.single.stdout.split("]")[1].startswith(" 65534")
    await sandbox.stop()


def test_the_attacks_end_the_same_when_an_ordinary_user_runs_the_server() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.sandbox.as_user"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
