"""Every operation Viva has: the one table from which routes, tools, documents and tests are made."""

from types import ModuleType
from typing import Any

from tools.code import run_code
from tools.kernel.operation import Operation
from tools.people import participants
from tools.results import comparison, findings, report, review, scorecards
from tools.sessions import manage, schedule
from tools.setup import (
    agent_profiles,
    drafts,
    evaluation_stages,
    evaluation_templates,
    questions,
    rehearsal,
    scripts,
)
from tools.webhooks import deliveries, endpoints
from tools.workspace import audit_log, workspace

AREAS: tuple[ModuleType, ...] = (
    workspace,
    agent_profiles,
    evaluation_templates,
    evaluation_stages,
    scripts,
    participants,
    schedule,
    manage,
    scorecards,
    findings,
    review,
    comparison,
    report,
    questions,
    drafts,
    rehearsal,
    run_code,
    endpoints,
    deliveries,
    audit_log,
)


def _operations(area: ModuleType) -> list[Operation[Any, Any]]:
    return [value for value in vars(area).values() if isinstance(value, Operation)]


def catalog(areas: tuple[ModuleType, ...] = AREAS) -> dict[str, Operation[Any, Any]]:
    """Operations by name, in the order in which their modules list them; a name is given once."""
    found: dict[str, Operation[Any, Any]] = {}
    for area in areas:
        for op in _operations(area):
            if op.name in found and found[op.name] is not op:
                raise ValueError(f"two operations are called {op.name}")
            found[op.name] = op
    return found


CATALOG = catalog()
