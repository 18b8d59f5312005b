"""Every operation Viva has: the one table from which routes, tools, documents and tests are made."""

from types import ModuleType
from typing import Any

from tools import (
    agent_profiles,
    audit_log,
    code,
    comparing,
    evaluation_stages,
    evaluation_templates,
    findings,
    participants,
    questions,
    rehearsing,
    reporting,
    review,
    scheduling,
    scorecards,
    sessions,
    webhook_deliveries,
    webhook_endpoints,
    workspace,
)
from tools.operation import Operation

AREAS: tuple[ModuleType, ...] = (
    workspace,
    agent_profiles,
    evaluation_templates,
    evaluation_stages,
    participants,
    scheduling,
    sessions,
    scorecards,
    findings,
    review,
    comparing,
    reporting,
    questions,
    rehearsing,
    code,
    webhook_endpoints,
    webhook_deliveries,
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
