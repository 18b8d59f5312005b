"""Checks what a stage is held by, and keeps assistants and the dashboard from inviting people to what is not ready."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.errors import ScriptNotReady
from domain.plan.script_remarks import NAMES_DIMENSIONS, ScriptRemark
from domain.plan.stage_check import StageCheck, check_stage
from domain.principal import Face
from domain.text.fencing import fence
from domain.vocabulary import StageType
from storage.interviews import plans
from storage.schema.records import EvaluationStageRecord
from storage.setup import evaluation_stages, scripts
from tools.kernel.foreign_texts import foreign_among
from tools.kernel.operation import Call

# Who fills in arguments for somebody else is stopped by errors; a program over REST is told and goes on.
GATED = frozenset({Face.mcp, Face.page})
MAX_REMARKS = 10
NO_SCENE = (
    "This stage is a role play, and nobody has written a scene for it: one of the library is played where it fits, "
    "else the situation is talked about."
)
SCENE_HINT = (
    "Write one with write_script: role, situation, opening line, three to six objections, two endings, criteria. "
    "read_script shows one of the library where one fits."
)


def check_script(call: Call, stage: EvaluationStageRecord, language: str | None = None) -> StageCheck:
    """What a session of this stage in this language would be held by, with remarks."""
    made_from = plans.sources_of_stage(call.db, call.workspace, stage)
    check = check_stage(
        made_from.template,
        made_from.stage,
        made_from.profile,
        script=made_from.script,
        has_bank=bool(made_from.questions),
        tasks=made_from.tasks,
        language=language,
    )
    return replace(check, remarks=tuple(mark_foreign(call, stage, check.remarks)))


def mark_foreign(
    call: Call, stage: EvaluationStageRecord, remarks: Sequence[ScriptRemark]
) -> list[ScriptRemark]:
    """The remarks as the caller may see them: those with names from another workspace's profile are marked."""
    if not any(each.code in NAMES_DIMENSIONS for each in remarks):
        return list(remarks)
    return mark_names(remarks) if foreign_among(call, [stage.agent_profile_id]) else list(remarks)


def mark_names(remarks: Sequence[ScriptRemark]) -> list[ScriptRemark]:
    """The remarks, those marked that repeat names of the profile's dimensions."""
    return [
        each.model_copy(update={"message": fence(each.message)}) if each.code in NAMES_DIMENSIONS else each
        for each in remarks
    ]


class ScriptGate:
    """Checks the stages that one call books, each once."""

    def __init__(self, call: Call, language: str | None) -> None:
        self._call = call
        self._language = language
        self._seen: dict[UUID, list[str]] = {}

    @property
    def warnings(self) -> list[str]:
        """What is to be said about the stages that were admitted, each remark once."""
        return list(dict.fromkeys(said for warnings in self._seen.values() for said in warnings))

    def admit(self, stage: EvaluationStageRecord) -> None:
        """Note warnings about what the stage is held by; over MCP and the dashboard `ScriptNotReady` for errors."""
        if stage.id not in self._seen:
            self._seen[stage.id] = self._check(stage)

    def note(self, stage: UUID) -> None:
        """Note the same warnings about a stage that was booked before, and refuse nothing."""
        row = evaluation_stages.get(self._call.db, self._call.workspace, stage)
        if row is not None and stage not in self._seen:
            self._seen[stage] = _warnings(self._look(row), gated=self._gated, model=self._has_model)

    @property
    def _gated(self) -> bool:
        return self._call.via in GATED

    @property
    def _has_model(self) -> bool:
        return self._call.services.policy.interviewer != "rules"

    def _check(self, stage: EvaluationStageRecord) -> list[str]:
        check = self._look(stage)
        if self._gated and check is not None:
            if check.lacks_scene and not self._has_model:
                raise ScriptNotReady(hint=SCENE_HINT, reason=NO_SCENE)
            if check.errors:
                raise ScriptNotReady(remarks=_facts(check.errors), count=len(check.errors))
        return _warnings(check, gated=self._gated, model=self._has_model)

    def _look(self, stage: EvaluationStageRecord) -> StageCheck | None:
        """What the stage is held by; None for most bookings over REST, where read_script says it well enough."""
        call = self._call
        role_play = stage.stage_type == StageType.roleplay_simulation
        if not self._gated and not role_play and scripts.get(call.db, call.workspace, stage.id) is None:
            return None
        return check_script(call, stage, self._language)


def _warnings(check: StageCheck | None, *, gated: bool, model: bool) -> list[str]:
    """What the answer to a booking says: a missing scene, errors, and to assistants what serves without a script."""
    if check is None:
        return []
    missing = [NO_SCENE] if check.lacks_scene and not model else []
    told = [*check.errors, *(check.remarks[:1] if gated and not check.errors else ())]
    return [*missing, *(f"{each.where}: {each.message}" for each in told[:MAX_REMARKS])]


def _facts(remarks: Sequence[ScriptRemark]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in remarks[:MAX_REMARKS]]
