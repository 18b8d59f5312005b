"""The commands about the model of VIVA_MODEL: measure it on the labelled set, and say whether it may score.

Exit codes of `calibrate`: 0 passed, 1 not passed, 2 could not be measured, and then nothing is stored. `show` ends with
0 when the model in use may score, else with 1.
"""

import sys
from argparse import Namespace
from typing import Any

from domain.errors import VivaError
from domain.interview.prompts import prompt_hash
from domain.moments import stamp
from domain.plan.items import InterviewPlan
from domain.scoring.calibration import (
    LEAST_AGREEMENT,
    LEAST_CORRELATION,
    MOST_INJECTION_EFFECT,
    MOST_LANGUAGE_GAP,
    Figures,
    calibration_set,
    rater_agreement,
)
from domain.scoring.calibration import (
    calibrate as measure,
)
from domain.scoring.findings import Evidence, Findings
from server import data_dir
from server.adapters.model_service import ModelService, model_service_for
from server.app import now
from server.database import load_audit_key, transaction
from server.settings import Settings
from storage.access import calibrations
from storage.engine.ids import new_id
from storage.engine.migrate import migrate
from storage.schema.records import ModelCalibrationRecord

_NOT_PASSED, _NOT_MEASURED = 1, 2
_NO_MODEL = "VIVA_MODEL is not set: the built-in interviewer marks passages and never scores."


def calibrate(_options: Namespace) -> int:
    """Have the model score the labelled set, store and print what came out."""
    settings = Settings()
    service = _service(settings)
    if service is None:
        return _NOT_MEASURED
    _open(settings)
    try:
        figures = measure(_Counting(service))
    except VivaError as down:
        print(f"\n{down.message} Nothing was stored. {down.hint}", file=sys.stderr)
        return _NOT_MEASURED
    row = ModelCalibrationRecord(
        id=new_id(),
        model=service.spec.label,
        prompt_hash=prompt_hash(),
        passed=figures.passed,
        figures=figures.model_dump(mode="json"),
        created_at=now(),
    )
    with transaction(settings) as db:
        calibrations.add(db, row)
    _print_figures(service.spec.label, figures)
    return 0 if figures.passed else _NOT_PASSED


def show(_options: Namespace) -> int:
    """Print all calibrations, newest first, and whether the model in use may score."""
    settings = Settings()
    _open(settings)
    service = _service(settings)
    with transaction(settings) as db:
        for row in calibrations.every(db):
            print(
                "\t".join([stamp(row.created_at), row.model, row.prompt_hash, _word(row.passed), _line(row)])
            )
        label = service.spec.label if service else ""
        may = service is not None and calibrations.passed(db, label, prompt_hash())
    if service is not None:
        what = "may give scores" if may else "marks passages only: it has not passed `viva model calibrate`"
        print(f"{label} (prompt {prompt_hash()}) {what}.")
    return 0 if may else 1


class _Counting:
    """Assesses, and shows on a terminal how far it has come."""

    def __init__(self, service: ModelService) -> None:
        self._service = service
        self._done = 0

    def __call__(self, plan: InterviewPlan, evidence: Evidence) -> Findings:
        found = self._service.assess(plan, evidence)
        self._done += 1
        if sys.stderr.isatty():
            print(f"\r{self._done} answers", end="", file=sys.stderr, flush=True)
        return found


def _service(settings: Settings) -> ModelService | None:
    service = model_service_for(settings)
    if service is None:
        print(_NO_MODEL, file=sys.stderr)
    return service


def _open(settings: Settings) -> None:
    data_dir.protect(settings)
    migrate(settings.database, load_audit_key(settings))


def _print_figures(label: str, figures: Figures) -> None:
    print(
        f"{label} on {figures.answers} answers of {len(calibration_set().items)} questions (prompt {prompt_hash()}):"
    )
    rows = (
        ("rank correlation with the labels", figures.correlation, f"at least {LEAST_CORRELATION}"),
        ("weighted kappa with the labels", figures.agreement, f"at least {LEAST_AGREEMENT}"),
        (
            "effect of orders in answers, points of ten",
            figures.injection_effect,
            f"at most {MOST_INJECTION_EFFECT}",
        ),
        ("gap between languages, points of ten", figures.language_gap, f"at most {MOST_LANGUAGE_GAP}"),
    )
    for name, value, wanted in rows:
        print(f"  {name:<44}{value:6.2f}  ({wanted})")
    print(f"  the two raters agree with each other by a weighted kappa of {rater_agreement():.2f}")
    if figures.passed:
        print("Passed: under this prompt this model may put numbers on scorecards of this server.")
    else:
        print("Not passed: it marks passages, and scorecards say so. People and their assistants assess.")


def _word(passed: bool) -> str:
    return "passed" if passed else "not passed"


def _line(row: ModelCalibrationRecord) -> str:
    found: dict[str, Any] = row.figures
    return (
        f"correlation {found['correlation']:.2f}, kappa {found['agreement']:.2f}, "
        f"orders {found['injection_effect']:.2f}, languages {found['language_gap']:.2f}"
    )
