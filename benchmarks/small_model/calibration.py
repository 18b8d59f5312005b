"""Calibration with the small model: the whole set by `viva model calibrate`, or some of it, drawn evenly.

The whole set takes a slow machine many hours. Part of it shows nothing about passing and stores nothing: the figures
say how the model does on these answers only. What was found is kept line by line, so that a run can be taken up again.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.small_model.serving import settings
from domain.interview.prompts import prompt_hash
from domain.plan.items import InterviewPlan
from domain.scoring.calibration import (
    LEAST_AGREEMENT,
    LEAST_CORRELATION,
    MOST_INJECTION_EFFECT,
    MOST_LANGUAGE_GAP,
    CalibrationSet,
    calibrate,
    calibration_set,
)
from domain.scoring.findings import Evidence, Findings
from server.adapters.model_service import ModelService, model_service_for
from server.settings import Settings

_ROOT = Path(__file__).parents[2]


def whole(data: Path, url: str) -> None:
    """Run the command itself; what it prints and stores is its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("VIVA_")}
    model = {f"VIVA_{name.upper()}": value for name, value in settings(url).items()}
    environment = own | {"VIVA_DATA_DIR": str(data), "PYTHONPATH": str(_ROOT), **model}
    subprocess.run([sys.executable, "-m", "server", "model", "calibrate"], env=environment, check=False)


def part(answers: int, kept: Path, url: str) -> None:
    """Measure on so many answers and print the figures as Markdown."""
    service = model_service_for(Settings.model_validate(settings(url)))
    assert service is not None
    reader = _Kept(service, kept)
    figures = calibrate(reader, drawn(answers))
    total = len(calibration_set().answers)
    print(f"| {figures.answers} of {total} answers | measured | passes at |\n| --- | --- | --- |")
    for what, value, wanted in (
        ("rank correlation with the labels", figures.correlation, f"≥ {LEAST_CORRELATION}"),
        ("weighted kappa with the labels", figures.agreement, f"≥ {LEAST_AGREEMENT}"),
        ("effect of orders, points of ten", figures.injection_effect, f"≤ {MOST_INJECTION_EFFECT}"),
        ("gap between languages, points of ten", figures.language_gap, f"≤ {MOST_LANGUAGE_GAP}"),
    ):
        print(f"| {what} | {value:.2f} | {wanted} |")
    print(f"| readings without usable findings | {reader.unusable} of {reader.readings} | |")
    print(f"| seconds an answer, mean | {reader.seconds / reader.readings:.0f} | |")
    print(f"| prompt | {prompt_hash()} | |", flush=True)


def drawn(many: int) -> CalibrationSet:
    """So many answers, evenly over kinds and languages."""
    every = calibration_set()
    ordered = sorted(every.answers, key=lambda answer: (answer.kind, answer.language))
    places = [(2 * number + 1) * len(ordered) // (2 * many) for number in range(many)]
    return every.model_copy(update={"answers": tuple(ordered[place] for place in places)})


class _Kept:
    """Assesses, and keeps each answer's findings in a file of lines. What the file has is not asked again."""

    def __init__(self, service: ModelService, file: Path) -> None:
        self._service, self._file = service, file
        self.readings = self.unusable = 0
        self.seconds = 0.0

    def __call__(self, plan: InterviewPlan, evidence: Evidence) -> Findings:
        key = _key(plan, evidence)
        line = self._known(key) or self._asked(key, plan, evidence)
        findings = Findings.model_validate_json(line["findings"])
        self.readings += 1
        self.seconds += float(line["seconds"])
        self.unusable += any(dimension.problem for dimension in findings.dimensions)
        print(f"{self.readings} answers, {line['seconds']} s", file=sys.stderr, flush=True)
        return findings

    def _known(self, key: str) -> dict[str, str] | None:
        if not self._file.exists():
            return None
        lines = [json.loads(line) for line in self._file.read_text("utf-8").splitlines()]
        return next((line for line in lines if line["key"] == key), None)

    def _asked(self, key: str, plan: InterviewPlan, evidence: Evidence) -> dict[str, str]:
        began = time.monotonic()
        findings = self._service.assess(plan, evidence)
        took = f"{time.monotonic() - began:.1f}"
        line = {"key": key, "seconds": took, "findings": findings.model_dump_json()}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return line


def _key(plan: InterviewPlan, evidence: Evidence) -> str:
    said = [prompt_hash(), plan.items[0].questions[0], *(each.text for each in evidence.utterances)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
