"""Adds the rows that a test of sessions needs first, straight to the storage."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.app import House
from storage.engine import counters
from storage.engine.ids import new_id
from storage.schema.tables import EvaluationStage, EvaluationTemplate, Participant


@dataclass(frozen=True)
class Pipeline:
    """A template with its stages by type."""

    template: UUID
    stages: dict[str, UUID]


async def add_pipeline(house: House, workspace: UUID, *types: str, **stage: Any) -> Pipeline:
    """Add a hiring template with one active stage per type, in order; `stage` sets columns of all of them."""
    now = house.services.clock()
    template = EvaluationTemplate(
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
        EvaluationStage(
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
        db.execute(sa.insert(EvaluationTemplate), template.model_dump())
        db.execute(sa.insert(EvaluationStage), [row.model_dump() for row in rows])
        counters.bump(db, workspace, {"templates": 1, "stages": len(rows)})

    await house.store.write(work)
    return Pipeline(template.id, {row.type: row.id for row in rows})


async def add_participant(house: House, workspace: UUID, name: str = "Ada", **columns: Any) -> UUID:
    """Add a participant; their id."""
    now = house.services.clock()
    email = f"{name.lower()}@example.com"
    row = Participant(
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
        db.execute(sa.insert(Participant), row.model_dump())
        counters.bump(db, workspace, {"participants": 1})

    await house.store.write(work)
    return row.id
