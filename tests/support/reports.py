"""Reports as the page gets them, made from a plan and a scorecard without a server."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.plan.items import InterviewPlan
from domain.scoring.assessment import AWAITING, assessment_of
from domain.scoring.findings import Evidence
from domain.scoring.scorecard import Scorecard
from server.pages.report import render_report
from server.pages.room_page import Words
from tools.results.report import Report

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def report_of(plan: InterviewPlan, evidence: Evidence, card: Scorecard | None, **more: Any) -> dict[str, Any]:
    """The report of an interview that was held to its end; `more` replaces members."""
    numbers = {item.id: number for number, item in enumerate(plan.items, start=1)}
    answers: dict[int, list[int]] = {}
    transcript = []
    for said in evidence.utterances:
        if said.item_id in numbers:
            answers.setdefault(numbers[said.item_id], []).append(said.id)
        times = {"start_ms": said.start_ms, "end_ms": said.start_ms + 60_000}
        transcript.append({"turn": said.id, "speaker": "participant", "text": said.text, **times})
    assessment = assessment_of(card, START) if card else AWAITING
    members: dict[str, Any] = {
        "session_id": UUID(int=1),
        "status": "completed",
        "session_mode": plan.mode,
        "workspace": "Grace & Söhne",
        "participant": "Ada Lovelace",
        "role": plan.title,
        "stage": "screen",
        "language": plan.language,
        "timezone": "Europe/Berlin",
        "scheduled_at": START,
        "started_at": START,
        "ended_at": START + timedelta(minutes=31),
        "score": card.score if card else None,
        "score_scale": plan.yardstick.scale,
        "passed": card.passed if card else None,
        "recommendation": card.recommendation if card else None,
        "assessment": assessment,
        "decided_by": card.provenance.author if card and card.score else None,
        "scorecard": card.model_dump(mode="json") if card else None,
        "scorecards": 1 if card else 0,
        "dimensions": {each.id: each.name for each in plan.dimensions},
        "criteria": {each.id: each.text for item in plan.items for each in item.criteria},
        "not_reached": [item.question(2) for item in plan.items if item.id not in evidence.asked],
        "answers": answers,
        "ended_reason": "completed",
        "help_requests": [],
        "reviews": [],
        "authenticity_signals": {"tab_switch_count": 2, "paste_events": []},
        "transcript": transcript,
        "page_url": "https://viva.example/reports/x",
        "page_expires_at": START + timedelta(days=7),
    }
    return Report.model_validate({**members, **more}).model_dump(mode="json")


def page_of(report: dict[str, Any], language: str = "en") -> str:
    """The page as HTML in the reader's language."""
    return render_report(Words(language, "report"), report)
