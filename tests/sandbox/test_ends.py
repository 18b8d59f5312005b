"""Each box ends, whatever runs in it: within a bounded time, with the server, and without zombies."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from domain.code.runs import Case, Language, Run, RunStatus
from server.adapters.sandbox import Sandbox, box
from server.adapters.sandbox.init import Init
from tests.sandbox.survivors import Namespaces, record_namespaces

pytestmark = pytest.mark.needs("sandbox")
_ROOT = Path(__file__).parents[2]
# It tries to clear the death signal of the first process, of itself and of a child, and then never ends.
_STUBBORN = """
import ctypes, os, signal, sys, time
libc = ctypes.CDLL(None)
code = bytes.fromhex('b89d000000bf0100000031f60f05b8220000000f05ebf7')
try:
    here = int(open('/proc/1/syscall').read().split()[-1], 16)
    os.pwrite(os.open('/proc/1/mem', os.O_RDWR), code, here)
except (OSError, ValueError): pass
for n in range(4):
    if os.fork() == 0:
        os.setsid()
        break
libc.prctl(1, 0, 0, 0, 0)
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
"""


async def run_stubborn(sandbox: Sandbox) -> RunStatus:
    run = Run(Language.PYTHON, _STUBBORN, uuid4(), cases=(Case.printed("", "x"),))
    return (await sandbox.run(run)).cases[0].observed.status


async def test_programs_that_never_end_do_not_use_up_the_slots() -> None:
    sandbox = Sandbox(2, warm=0, case_seconds=0.5)
    with record_namespaces() as namespaces:
        ends = await asyncio.gather(*(run_stubborn(sandbox) for _ in range(4)))
        assert ends == [RunStatus.TIME_LIMIT] * 4
        result = await sandbox.run(Run(Language.PYTHON, "print(1)", uuid4()))
    assert result.single is not None
    assert result.single.stdout == "1\n"
    await sandbox.stop()
    assert len(namespaces.seen) == 5
    assert namespaces.processes() == []


async def test_a_box_that_cannot_be_ended_gives_its_slot_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(box, "_CLOSE_SECONDS", 0.3)
    sandbox = Sandbox(1, warm=0, case_seconds=0.3)
    open_before = len(os.listdir("/proc/self/fd"))
    handles: list[int] = []
    boxes: list[box.Box] = []
    with monkeypatch.context() as broken:
        broken.setattr(Init, "kill", lambda init: handles.append(os.dup(init._handle)))
        broken.setattr(
            box.Box, "_kill_monitor", lambda left: boxes.append(left)
        )  # a method, so no bare append
        # asyncio kills what it started when it closes: that is the last resort, and must not be needed for the slot
        broken.setattr(subprocess.Popen, "kill", lambda process: None)
        began = time.monotonic()
        assert await run_stubborn(sandbox) is RunStatus.TIME_LIMIT
        assert time.monotonic() - began < 6
    assert "has not ended" in caplog.text
    result = await sandbox.run(Run(Language.PYTHON, "print(1)", uuid4()))
    assert result.single is not None
    assert result.single.stdout == "1\n"
    for handle in handles:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)
    for left in boxes:
        await asyncio.wait_for(left._process.wait(), 5)
    await sandbox.stop()
    assert len(os.listdir("/proc/self/fd")) <= open_before + 1


_SERVER = f"""
import asyncio, sys
from domain.code.runs import Language, Run
from server.adapters.sandbox import Sandbox
from tests.sandbox.survivors import record_namespaces
from uuid import uuid4

async def main():
    sandbox = Sandbox(2, warm=1)
    with record_namespaces() as namespaces:
        run = Run(Language.PYTHON, {_STUBBORN!r}, uuid4())
        tasks = [asyncio.create_task(sandbox.run(run)) for _ in range(2)]
        while len(namespaces.seen) < 3:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)  # the programs have done what they can
        print(*namespaces.seen, flush=True)
        await asyncio.gather(*tasks)

asyncio.run(main())
"""


def test_the_boxes_of_a_server_that_is_killed_end_with_it() -> None:
    namespaces = Namespaces()
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        namespaces.seen |= set(server.stdout.readline().split())
        assert len(namespaces.seen) == 3
        assert len(namespaces.processes()) >= 8
        server.kill()
    began = time.monotonic()
    while namespaces.processes() and time.monotonic() - began < 5:
        time.sleep(0.05)
    assert namespaces.processes() == []


_FIRST_PROCESS = """
import asyncio, os
from pathlib import Path
from domain.code.runs import Case, Language, Run
from server.adapters.sandbox import Sandbox
from server.adapters.sandbox.box import Box
from server.adapters.sandbox.command_line import NoBox
from server.adapters.sandbox.runtimes import Runtime, runtime_of
from dataclasses import replace
from uuid import uuid4

CODES = ("print(1)", "while True: pass", "x = []\\nwhile True: x.append(b'a' * 10 ** 6)", "import os; os.kill(os.getpid(), 9)",
    "import os, time\\nfor _ in range(5):\\n    if os.fork() == 0: time.sleep(60)\\n", "while True: print('x' * 1000)")

def zombies():
    return [
        stat for folder in Path("/proc").iterdir() if folder.name.isdigit()
        if (stat := (folder / "stat").read_text()).rpartition(")")[2].split()[0] == "Z"
    ]

async def main():
    assert os.getpid() == 1
    sandbox = Sandbox(2, warm=1, case_seconds=0.5)
    for code in CODES:
        await sandbox.run(Run(Language.PYTHON, code, uuid4(), cases=(Case.printed("", "x"),)))
    given_up = asyncio.create_task(sandbox.run(Run(Language.PYTHON, CODES[1], uuid4())))
    await asyncio.sleep(0.3)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    try:
        await Box.open(replace(runtime_of(Language.PYTHON), command=("/usr/bin/false",)))
    except NoBox:
        pass
    await sandbox.stop()
    print("zombies:", zombies())

asyncio.run(main())
"""


def test_a_server_that_is_the_first_process_of_a_container_leaves_no_zombies() -> None:
    in_container = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        in_container.insert(1, "--map-current-user")
    done = subprocess.run(
        [*in_container, sys.executable, "-c", _FIRST_PROCESS],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "zombies: []\n", done.stdout + done.stderr
