"""The plans of the known scripts, for interviews without a server."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.plan.compiler import compile_plan
from domain.plan.items import InterviewPlan
from domain.plan.script import Script
from domain.plan.sources import StageSource
from tests.support.conversations import profile, template
from tests.support.scripts import BACKEND, BAKERY, SUPPORT_DE


def _plan(written: dict[str, Any], title: str, stage_type: str, minutes: int) -> InterviewPlan:
    script = Script.model_validate(written)
    names = [each.dimension for each in (script.scene.dimensions if script.scene else script.items)]
    dimensions = [{"name": name, "description": "", "weight": 10} for name in dict.fromkeys(names)]
    stage = {"type": "screen", "stage_type": stage_type, "duration_minutes": minutes}
    return compile_plan(
        template(template_name=title),
        StageSource.model_validate(stage),
        profile(dimensions),
        (),
        (),
        language=script.language,
        script=script,
    )


KNOWN_PLANS: Mapping[str, Callable[[], InterviewPlan]] = {
    "backend": lambda: _plan(BACKEND, "Backend engineer", "ai_interview", 30),
    "support_de": lambda: _plan(SUPPORT_DE, "Kundendienst", "ai_interview", 20),
    "bakery": lambda: _plan(BAKERY, "Inside sales", "roleplay_simulation", 20),
}
