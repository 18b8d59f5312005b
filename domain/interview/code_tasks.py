"""A coding task in an interview: its cases for the sandbox, and what the page shows of the task and its runs."""

from collections.abc import Mapping
from typing import Any

from domain.code.runs import Case, CaseStatus, RunResult, public_result
from domain.plan.items import Item
from domain.text.markdown import markdown_tree

# What the page shows of a run that the sandbox could not do.
UNAVAILABLE: Mapping[str, Any] = {"status": "unavailable", "cases": []}
_PAGE_STATUS: Mapping[CaseStatus, str] = {
    CaseStatus.WRONG_ANSWER: "failed",
    CaseStatus.TIME_LIMIT: "timeout",
}


def task_of(item: Item) -> dict[str, Any] | None:
    """The task with its text as a tree and its visible cases, None where the item has no task.

    Hidden cases never leave the server.
    """
    if item.code is None:
        return None
    visible = [case for case in item.code.cases if not case.hidden]
    return {
        "id": item.id,
        "title": item.code.title,
        "prompt": markdown_tree(item.code.statement),
        "languages": list(item.code.languages),
        "starter": item.code.starter,
        "cases": [
            {"name": case.name or str(number), "input": case.input, "expected_output": case.expected_output}
            for number, case in enumerate(visible, 1)
        ],
    }


def cases_of(item: Item) -> tuple[Case, ...]:
    """The task's cases as the sandbox runs them, hidden ones included."""
    assert item.code is not None
    return tuple(
        Case.printed(case.input, case.expected_output, name=case.name or str(number), hidden=case.hidden)
        for number, case in enumerate(item.code.cases, 1)
    )


def run_of(result: RunResult) -> dict[str, Any]:
    """What the page shows of a run."""
    if result.compile_error is not None:
        error = result.compile_error
        position = {"line": error.line, "column": error.column, "message": error.message}
        return {"status": "compile_error", "cases": [], "compile_error": position}
    if result.single is not None:
        observed = result.single
        status = "passed" if observed.status == "finished" and observed.exit_code == 0 else "runtime_error"
        return {"status": status, "cases": [], "stdout": observed.stdout, "stderr": observed.stderr}
    cases = [_case(number, result) for number in range(result.total)]
    return {"status": "passed" if result.passed == result.total else "failed", "cases": cases}


def _case(number: int, result: RunResult) -> dict[str, Any]:
    public = public_result(number, result.cases[number])
    case: dict[str, Any] = {
        "name": public.name or str(number + 1),
        "status": _PAGE_STATUS.get(public.status, public.status.value),
        "hidden": public.hidden,
    }
    if not public.hidden:
        case |= {
            "duration_ms": public.duration_ms,
            "actual_output": public.actual_output,
            "expected_output": public.expected_output,
            "stderr": public.stderr,
        }
    return case
