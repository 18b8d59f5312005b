"""Running a candidate's code against the cases of its task."""

import asyncio
import logging
from typing import Any, Protocol
from uuid import UUID

from domain.code.runs import Language, Run, RunResult
from domain.errors import SandboxBusy, VivaError
from domain.interview.code_tasks import UNAVAILABLE, cases_of, run_of
from domain.interview.log import Entry
from domain.plan.items import Item

log = logging.getLogger(__name__)

_BUSY_TRIES, _BUSY_WAIT = 5, 2.0


class CodeRunner(Protocol):
    """The sandbox as an interview sees it."""

    async def run(self, run: Run) -> RunResult: ...


async def run_code_cases(
    sandbox: CodeRunner | None, workspace: UUID, item: Item, entry: Entry
) -> dict[str, Any]:
    """Run the code: the run as the page shows it, and the cases it passed.

    Sandbox failures never count against the candidate.
    """
    nothing = {"run": dict(UNAVAILABLE), "passed": 0, "total": 0, "ran": False}
    if sandbox is None:
        return nothing
    run = Run(Language(entry.body["language"]), entry.body["code"], workspace, cases=cases_of(item))
    for _ in range(_BUSY_TRIES):
        try:
            result = await sandbox.run(run)
        except SandboxBusy:
            await asyncio.sleep(_BUSY_WAIT)
        except VivaError as refused:
            log.warning("code could not be run", extra={"code": refused.code})
            # Code that cannot even be accepted (empty, NUL) fails its cases. Anything else is a sandbox failure.
            ours = refused.status >= 500 or refused.status == 408
            return nothing if ours else {**nothing, "total": len(run.cases), "ran": bool(run.cases)}
        else:
            return {
                "run": run_of(result),
                "passed": result.passed,
                "total": len(run.cases),
                "ran": True,
            }
    return nothing
