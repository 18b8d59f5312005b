"""What bounds a box: control groups where there are some, samples from outside, and the machine's memory."""

import os
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from domain.code.runs import Case, Language, Run, RunStatus
from server.adapters.sandbox import Sandbox, box, cgroups, memory
from server.adapters.sandbox.box import Box
from server.adapters.sandbox.cgroups import Group, Hierarchy
from server.adapters.sandbox.memory import Meter, Usage
from server.adapters.sandbox.runtimes import MEMORY_BYTES, MIB, SLACK_BYTES, runtime_of

needs_sandbox = pytest.mark.needs("sandbox")
_EVER_MORE = "import os\nfor _ in range(3): os.fork()\nx = []\nwhile True: x.append(b'a' * 10 ** 6)"
_SOCKETS = "import _socket, time\nkept = [_socket.socketpair(1, 1) for _ in range(100)]\ntime.sleep(60)"


async def status_of(code: str, *, seconds: float = 10) -> RunStatus:
    sandbox = Sandbox(1, warm=0, case_seconds=seconds)
    result = await sandbox.run(Run(Language.PYTHON, code, uuid4(), cases=(Case.printed("", "x"),)))
    await sandbox.stop()
    return result.cases[0].observed.status


@needs_sandbox
async def test_the_kernel_bounds_the_memory_where_there_are_control_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not cgroups.usable_hierarchies():
        pytest.skip("no control groups can be made here")
    monkeypatch.setattr(Meter, "read", lambda meter: Usage(0, 0, 0))
    assert await status_of(_EVER_MORE) is RunStatus.MEMORY_LIMIT


@needs_sandbox
async def test_samples_bound_the_memory_where_there_are_no_control_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(box, "usable_hierarchies", tuple)
    assert await status_of(_EVER_MORE) is RunStatus.MEMORY_LIMIT


@needs_sandbox
async def test_processes_are_found_through_their_parents_where_the_box_s_own_proc_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(box, "usable_hierarchies", tuple)
    monkeypatch.setattr(memory, "_open_folder", lambda path: None)
    assert await status_of(_EVER_MORE) is RunStatus.MEMORY_LIMIT


@needs_sandbox
async def test_the_watch_goes_on_after_the_answer_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    exceeded = []
    kill = Box.kill

    def note(box: Box) -> None:
        exceeded.append(box._memory_exceeded.is_set())
        kill(box)

    monkeypatch.setattr(box, "usable_hierarchies", tuple)
    monkeypatch.setattr("server.adapters.sandbox.sandbox._EXIT_SECONDS", 10)
    monkeypatch.setattr(Box, "kill", note)
    code = f"import os\ndef grow(status): exec({_EVER_MORE!r})\ndef f(x):\n    os._exit = grow\n    return x"
    sandbox = Sandbox(1, warm=0)
    await sandbox.run(Run(Language.PYTHON, code, uuid4(), cases=(Case.called([1], 1),), entry_point="f"))
    await sandbox.stop()
    assert exceeded == [False, True], "the watch has ended it; then the box was closed"


@needs_sandbox
async def test_the_meter_sees_files_sockets_and_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    built = await Box.open(runtime_of(Language.PYTHON))
    meter = built._meter
    assert meter is not None
    before = meter.read()
    built.feed("")
    code = f"open('/tmp/x', 'wb').write(b'x' * 8_000_000)\n{_SOCKETS}"
    assert not built.started
    await built.ask({"code": code, "entry_point": None, "args": []}, 1, until_exit=True)
    assert built.started
    after = meter.read()
    await built.close()
    assert before.files == 1, "the folder itself"
    assert after.files == 3
    assert after.kb - before.kb > 8_000 + 100 * 2 * 300 - 32 * 400


@needs_sandbox
async def test_few_boxes_run_at_a_time_on_a_machine_with_little_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 4 * (MEMORY_BYTES + SLACK_BYTES) + 7 * MIB)
    assert Sandbox(8)._parallel == 2
    monkeypatch.setattr(memory, "machine_bytes", lambda: MEMORY_BYTES)
    small = Sandbox(8, warm=0)
    assert (small._parallel, small._memory_bytes) == (1, MEMORY_BYTES // 2 - SLACK_BYTES)
    code = "x = b'a' * 200_000_000\nprint(1)"
    result = await small.run(Run(Language.PYTHON, code, uuid4(), cases=(Case.printed("", "1"),)))
    await small.stop()
    assert result.cases[0].observed.status is RunStatus.MEMORY_LIMIT


def test_a_container_s_limit_counts_as_the_machine_s_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "memory_limit", lambda: 512 * MIB)
    assert memory.machine_bytes() == 512 * MIB
    monkeypatch.setattr(cgroups, "memory_limit", lambda: None)
    assert memory.machine_bytes() > 512 * MIB


def test_a_group_of_version_2_is_limited_by_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def make_with_files(folder: Path, *args: object) -> None:
        make(folder)
        (folder / "memory.events").write_text("low 0\noom 1\noom_kill 0\n")

    with monkeypatch.context() as kernel:
        kernel.setattr(Path, "mkdir", make_with_files)
        group = Group((Hierarchy(tmp_path, 2),), 320 * MIB, 40)
    (folder,) = tmp_path.iterdir()
    written = {file.name: file.read_text() for file in folder.iterdir()}
    assert written["memory.max"] == str(320 * MIB)
    assert written["memory.oom.group"] == "1"
    assert written["memory.swap.max"] == "0"
    assert written["pids.max"] == "40"
    assert group.files == [str(folder / "cgroup.procs")]
    assert not group.out_of_memory()
    (folder / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    assert group.out_of_memory()


def test_a_server_alone_in_its_delegated_group_moves_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getpid", lambda: 77)
    monkeypatch.setattr(cgroups, "_own_folders", lambda kind, name: iter([tmp_path]))
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.subtree_control").write_text("")
    (tmp_path / "cgroup.procs").write_text("77\n")
    assert cgroups._claim_delegated_group() == ()  # the stand-in keeps "+memory +pids" as it was written
    assert (tmp_path / "viva-server" / "cgroup.procs").read_text() == "77"
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
    assert cgroups._claim_delegated_group() == (Hierarchy(tmp_path, 2),)
    monkeypatch.setattr(cgroups, "_own_folders", lambda kind, name: iter([tmp_path / "viva-server"]))
    assert cgroups._claim_delegated_group() == (Hierarchy(tmp_path, 2),)


def test_empty_groups_of_servers_that_are_gone_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    left, new = (tmp_path / f"viva-box-{pid}-0" for pid in (gone.pid, os.getppid()))
    left.mkdir()
    new.mkdir()
    cgroups._remove_left_behind(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [new.name]
