"""Runs the attacks as an ordinary user: `python -m tests.sandbox.as_user`.

When root starts it, it loads everything it needs and then becomes an ordinary user.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from domain.code.runs import Case, Language, Run
from server.adapters.sandbox import Sandbox, runtimes
from tests.sandbox.attacks.answers import hostile_runs, trouble_with
from tests.sandbox.attacks.attack import Attack
from tests.sandbox.attacks.claims import claims, is_believed
from tests.sandbox.attacks.node import JAVASCRIPT, TYPESCRIPT
from tests.sandbox.attacks.python import PYTHON
from tests.sandbox.survivors import record_namespaces

_USER = 65_432
_EVERY = {Language.PYTHON: PYTHON, Language.JAVASCRIPT: JAVASCRIPT, Language.TYPESCRIPT: TYPESCRIPT}


def main() -> int:
    """Run every attack. The exit code is 1 when one did not end as expected."""
    asyncio.run(_warm_up())
    if os.geteuid() == 0:
        _become_ordinary_user()
    assert os.geteuid() != 0
    mismatches = asyncio.run(_run_attacks())
    for line in mismatches:
        print(line)
    print(
        f"{sum(map(len, _EVERY.values()))} attacks as user {os.geteuid()}, {len(mismatches)} ended otherwise"
    )
    return int(bool(mismatches))


async def _warm_up() -> None:
    """Load the modules and files that are loaded at first use."""
    sandbox = Sandbox(1, warm=0)
    for language in _EVERY:
        await sandbox.run(Run(language, "1", uuid4()))
    await sandbox.stop()


def _become_ordinary_user() -> None:
    """Drop root. The harnesses are copied first, because their folder may be closed to other users."""
    open_folder = Path(mkdtemp(prefix="viva-harness-"))
    shutil.copytree(runtimes.HARNESS, open_folder / "harness")
    open_folder.chmod(0o755)
    runtimes.HARNESS = open_folder / "harness"
    runtimes.runtime_of.cache_clear()
    os.setgroups([])
    os.setgid(_USER)
    os.setuid(_USER)


async def _run_attacks() -> list[str]:
    mismatches = []
    for language, attacks in _EVERY.items():
        for attack in attacks:
            mismatch = await _mismatch(language, attack)
            if mismatch:
                mismatches.append(f"{language.value}: {attack.name}: {mismatch}")
    for name, language, code in claims():
        if await is_believed(language, code):
            mismatches.append(f"{name}: believed")
    sandbox = Sandbox(2, warm=1)
    for name, runs in hostile_runs():
        trouble = await trouble_with(sandbox, runs)
        if trouble:
            mismatches.append(f"{name}: {trouble}")
    await sandbox.stop()
    return mismatches


async def _mismatch(language: Language, attack: Attack) -> str | None:
    sandbox = Sandbox(1, warm=0, case_seconds=attack.seconds)
    run = Run(language, attack.code, uuid4(), cases=(Case.printed("", "whatever it prints"),))
    with record_namespaces() as namespaces:
        observed = (await sandbox.run(run)).cases[0].observed
    await sandbox.stop()
    if not namespaces.seen or namespaces.processes():
        return f"left behind {namespaces.processes()}"
    if attack.ends != "any" and observed.status.value not in attack.ends:
        return f"ended as {observed.status}: {observed.stderr[-200:]}"
    if attack.prints not in observed.stdout or (attack.never and attack.never in observed.stdout):
        return f"printed {observed.stdout[-200:]}"
    return None


if __name__ == "__main__":
    sys.exit(main())
