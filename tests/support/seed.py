"""Adds the rows that a test of sessions needs first, straight to the storage."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.app import House
from storage.engine.ids import new_id
from storage.people import participants
from storage.schema.records import EvaluationStageRecord, EvaluationTemplateRecord, ParticipantRecord
from storage.setup import evaluation_stages, evaluation_templates


@dataclass(frozen=True)
class Pipeline:
    """A template with its stages by type."""

    template: UUID
    stages: dict[str, UUID]


async def add_pipeline(house: House, workspace: UUID, *types: str, **stage: Any) -> Pipeline:
    """Add a hiring template with one active stage per type, in order; `stage` sets columns of all of them."""
    now = house.services.clock()
    template = EvaluationTemplateRecord(
        id=new_id(),
        workspace_id=workspace,
        template_name="Backend Engineer",
        use_case="hiring",
        success_outcome="hire_no_hire",
        status="active",
        skills=["Python"],
        soft_skills=[],
        default_duration_minutes=30,
        default_difficulty="intermediate",
        session_mode="live_ai_interview",
        visibility="team",
        language="en",
        created_at=now,
        updated_at=now,
    )
    rows = [
        EvaluationStageRecord(
            **{
                "id": new_id(),
                "workspace_id": workspace,
                "evaluation_template_id": template.id,
                "type": kind,
                "stage_name": f"{kind.title()} round",
                "stage_type": "ai_interview",
                "stage_order": place,
                "duration_minutes": 30,
                "difficulty": "intermediate",
                "allow_retake": False,
                "automation_rule": "none",
                "status": "active",
                "created_at": now,
                "updated_at": now,
                **stage,
            }
        )
        for place, kind in enumerate(types or ("screen",))
    ]

    def work(db: sa.Connection) -> None:
        evaluation_templates.add(db, template)
        for row in rows:
            evaluation_stages.add(db, row)

    await house.store.write(work)
    return Pipeline(template.id, {row.type: row.id for row in rows})


async def add_participant(house: House, workspace: UUID, name: str = "Ada", **columns: Any) -> UUID:
    """Add a participant; their id."""
    now = house.services.clock()
    email = f"{name.lower()}@example.com"
    row = ParticipantRecord(
        **{
            "id": new_id(),
            "workspace_id": workspace,
            "name": name,
            "email": email,
            "email_key": email,
            "tags": [],
            "profile": {},
            "background": {},
            "extra": {},
            "status": "active",
            "created_at": now,
            "updated_at": now,
            **columns,
        }
    )

    def work(db: sa.Connection) -> None:
        participants.add(db, [row])

    await house.store.write(work)
    return row.id
