"""Whether the code compiles is the harness's to say, and only before the code starts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from domain.code.runs import Case, CaseStatus, Language, Run
from server.adapters.sandbox import Sandbox, runtimes
from tests.sandbox.attacks.claims import claims, is_believed

pytestmark = pytest.mark.needs("sandbox")
_ROOT = Path(__file__).parents[2]
_CLAIMS = list(claims())
_STARTED = ('    send(control, {"started": True})\n', "send({ started: true });\n")


@pytest.mark.parametrize(("language", "code"), [claim[1:] for claim in _CLAIMS], ids=[c[0] for c in _CLAIMS])
async def test_a_program_that_runs_cannot_claim_that_it_does_not_compile(
    language: Language, code: str
) -> None:
    assert not await is_believed(language, code)


def test_neither_can_it_where_the_server_is_root_and_may_not_look_into_the_box() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has capabilities to give up")
    without = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
    done = subprocess.run(
        [*without, sys.executable, "-m", "tests.sandbox.attacks.claims"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("language", list(Language))
async def test_code_that_does_not_compile_says_so(language: Language) -> None:
    sandbox = Sandbox(1, warm=1)
    for _ in range(2):
        result = await sandbox.run(Run(language, "let (", uuid4(), cases=(Case.printed("", "x"),)))
        assert result.compile_error is not None
    await sandbox.stop()


@pytest.mark.parametrize("language", list(Language))
async def test_nothing_passes_in_a_box_that_does_not_say_that_the_code_starts(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = tmp_path / "harness"
    shutil.copytree(runtimes.HARNESS, silent)
    for file in silent.glob("*_harness.*"):
        text = file.read_text()
        for line in _STARTED:
            text = text.replace(line, "")
        assert "started: true" not in text.replace(chr(34), "").lower()
        file.write_text(text)
    monkeypatch.setattr(runtimes, "HARNESS", silent)
    runtimes.runtime_of.cache_clear()
    sandbox = Sandbox(1, warm=0)
    code = (
        "print(1)\ndef f(x): return x"
        if language is Language.PYTHON
        else "console.log(1); function f(x) { return x }"
    )
    called = (Case.called([1], 1), Case.called([2], 2))
    try:
        statuses = [
            case.status
            for run in (
                Run(language, code, uuid4(), cases=(Case.printed("", "1"),)),
                Run(language, code, uuid4(), cases=called, entry_point="f"),
                Run(language, code, uuid4(), cases=called, entry_point="f", shared_process=True),
            )
            for case in (await sandbox.run(run)).cases
        ]
    finally:
        await sandbox.stop()
        runtimes.runtime_of.cache_clear()
    assert statuses == [CaseStatus.PROTOCOL_ERROR] * 5
