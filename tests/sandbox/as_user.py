"""The attacks once more from an ordinary user's server: `python -m tests.sandbox.as_user`.

Started by root it becomes an ordinary user first, after everything that it needs has been loaded.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from domain.code import Case, Language, Run
from server.adapters.sandbox import Sandbox, runtimes
from tests.sandbox.attacks.attack import Attack
from tests.sandbox.attacks.node import JAVASCRIPT, TYPESCRIPT
from tests.sandbox.attacks.python import PYTHON

_USER = 65_432
_EVERY = {Language.PYTHON: PYTHON, Language.JAVASCRIPT: JAVASCRIPT, Language.TYPESCRIPT: TYPESCRIPT}


def main() -> int:
    """1 when an attack did not end as it must."""
    asyncio.run(_warmed_up())
    if os.geteuid() == 0:
        _step_down()
    assert os.geteuid() != 0
    wrong = asyncio.run(_attacked())
    for line in wrong:
        print(line)
    print(f"{sum(map(len, _EVERY.values()))} attacks as user {os.geteuid()}, {len(wrong)} ended otherwise")
    return int(bool(wrong))


async def _warmed_up() -> None:
    """Load what is loaded when it is first used."""
    sandbox = Sandbox(1, warm=0)
    for language in _EVERY:
        await sandbox.run(Run(language, "1", uuid4()))
    await sandbox.stop()


def _step_down() -> None:
    """The harnesses may be in a folder that is closed to others: they are copied to one that is not."""
    open_folder = Path(mkdtemp(prefix="viva-harness-"))
    shutil.copytree(runtimes.HARNESS, open_folder / "harness")
    open_folder.chmod(0o755)
    runtimes.HARNESS = open_folder / "harness"
    runtimes.runtime_of.cache_clear()
    os.setgroups([])
    os.setgid(_USER)
    os.setuid(_USER)


async def _attacked() -> list[str]:
    wrong = []
    for language, attacks in _EVERY.items():
        for attack in attacks:
            trouble = await _trouble(language, attack)
            if trouble:
                wrong.append(f"{language.value}: {attack.name}: {trouble}")
    return wrong


async def _trouble(language: Language, attack: Attack) -> str | None:
    sandbox = Sandbox(1, warm=0, case_seconds=attack.seconds)
    run = Run(language, attack.code, uuid4(), cases=(Case.printed("", "whatever it prints"),))
    seen = (await sandbox.run(run)).cases[0].observed
    await sandbox.stop()
    if attack.ends != "any" and seen.status.value not in attack.ends:
        return f"ended as {seen.status}: {seen.stderr[-200:]}"
    if attack.prints not in seen.stdout or (attack.never and attack.never in seen.stdout):
        return f"printed {seen.stdout[-200:]}"
    return None


if __name__ == "__main__":
    sys.exit(main())
