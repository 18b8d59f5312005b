"""What the script linter says, and what it needs to know about the stage that a script is for."""

from collections.abc import Sequence
from enum import StrEnum

from domain.frozen import Frozen
from domain.plan.sources import CodingTaskSource, TemplateSource
from domain.vocabulary import SessionMode

# Codes of remarks that repeat names of the profile's dimensions.
NAMES_DIMENSIONS = frozenset({"unknown_dimension", "dimension_not_asked", "derived"})


class Severity(StrEnum):
    """An error must be corrected before anybody is invited; a warning is advice."""

    error = "error"
    warning = "warning"


class ScriptRemark(Frozen):
    """One remark. `code` is stable, `where` a place in the script such as `items[3].criteria[1].probe`, from 0."""

    severity: Severity
    code: str
    where: str
    message: str


class ScriptContext(Frozen):
    """The stage that a script is for. Without `dimensions` the script brings its own."""

    template: TemplateSource
    mode: SessionMode = SessionMode.live_ai_interview
    minutes: int = 30
    dimensions: tuple[str, ...] = ()
    tasks: tuple[CodingTaskSource, ...] = ()


def error(code: str, where: str, message: str) -> ScriptRemark:
    return ScriptRemark(severity=Severity.error, code=code, where=where, message=message)


def warning(code: str, where: str, message: str) -> ScriptRemark:
    return ScriptRemark(severity=Severity.warning, code=code, where=where, message=message)


def errors_in(remarks: Sequence[ScriptRemark]) -> list[ScriptRemark]:
    """The remarks that must be dealt with before anybody is invited."""
    return [remark for remark in remarks if remark.severity is Severity.error]
