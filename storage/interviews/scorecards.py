"""Keeping a scorecard: one more version, and what the session shows of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.interview.protocol import signals
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Findings
from domain.scoring.scorecard import Override, Scorecard, effective
from storage.engine.ids import new_id
from storage.interviews import event_log, reviews, sessions
from storage.interviews.interview_record import Held
from storage.schema.tables import ScorecardVersion


def record(
    db: sa.Connection,
    row: dict[str, Any],
    interview: Held,
    findings: Findings,
    card: Scorecard,
    now: dt.datetime,
) -> dict[str, Any] | None:
    """Keep the card and show it; the session's row as it is then, or None when it changed at the same moment.

    The profile's output switches decide what the session shows; the version holds everything.
    """
    workspace, session = row["workspace_id"], row["id"]
    version = event_log.how_many_cards(db, workspace, session) + 1
    kept = ScorecardVersion(
        id=new_id(),
        workspace_id=workspace,
        session_id=session,
        version=version,
        method=findings.method.value,
        author=findings.provenance.author,
        findings=findings.model_dump(mode="json"),
        card=card.model_dump(mode="json"),
        created_at=now,
    )
    event_log.add_card(db, kept)
    values = {
        **shown_members(card.shown(interview.plan)),
        "authenticity_signals": signals(interview.entries),
        "updated_at": now,
    }
    values |= said_by_people(db, row, interview.plan, card)
    return {**row, **values} if sessions.change(db, row, values) else None


def said_by_people(
    db: sa.Connection, row: dict[str, Any], plan: InterviewPlan, card: Scorecard
) -> dict[str, Any]:
    """What holds of a card after the reviews so far; empty without any. The last word on each member counts."""
    said = reviews.of_session(db, row["workspace_id"], row["id"])
    if not said:
        return {}
    last: dict[str, Any] = {}
    for review in said:
        last |= {
            name: review[name] for name in ("passed", "recommendation", "score") if review[name] is not None
        }
    word = Override(
        by=said[-1]["by"],
        reason=said[-1]["reason"],
        passed=last.get("passed"),
        recommendation=last.get("recommendation"),
        score=Decimal(last["score"]) if "score" in last else None,
    )
    holds = effective(card, plan, word)
    return {"passed": holds.passed, "recommendation": holds.recommendation, "score": holds.score}


def shown_members(card: Scorecard) -> dict[str, Any]:
    """A card as the columns of a session (contract 9.9, 9.10)."""
    rows = card.evaluation_breakdown
    return {
        "score": card.score,
        "passed": card.passed,
        "recommendation": card.recommendation,
        "summary": card.summary,
        "evaluation_breakdown": None
        if rows is None
        else [
            {
                "name": each.name,
                "weight": float(each.weight),
                "score": each.score,
                "reasoning": each.reasoning,
                "citations": [cited.model_dump(mode="json") for cited in each.citations],
            }
            for each in rows
        ],
    }
