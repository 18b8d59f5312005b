"""What the candidate's page is shown: facts about the interview, and the log without what must stay hidden."""

from collections.abc import Mapping
from typing import Any

from domain.interview.code_tasks import task_of
from domain.interview.events import Move, MoveKind
from domain.interview.log import Entry
from domain.plan.items import InterviewPlan

# The kinds of entries that the page receives besides the interviewer's turns, and the members of each.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "consent": (),
    "practice": (),
    "practice_reply": ("text",),
    "begun": (),
    "answer": ("text",),
    "code_result": ("task", "submitted", "run"),
    "code_submitted": ("task", "language", "code"),
    "paused": (),
    "resumed": (),
    "ended": ("reason",),
}


def frame_of(entry: Entry, plan: InterviewPlan) -> dict[str, Any] | None:
    """The frame that the page receives for this entry. None when the entry is not for the page."""
    if entry.kind == "interviewer":
        body = _turn(entry.body, plan)
    elif entry.kind in _MEMBERS:
        body = {name: entry.body[name] for name in _MEMBERS[entry.kind]}
    else:
        return None
    return {"seq": entry.seq, "type": entry.kind, "at": entry.at.isoformat(), "body": body}


def _turn(body: Mapping[str, Any], plan: InterviewPlan) -> dict[str, Any]:
    """The interviewer's turn without the criterion and the reason behind it.

    `about` is the coding task that the question is about: the page keeps it in sight.
    """
    move = Move.model_validate(body["move"])
    turn: dict[str, Any] = {"text": body["text"], "kind": move.kind.value, "item": move.item_id}
    if move.item_id:
        item = plan.item(move.item_id)
        if move.kind is MoveKind.code_task:
            turn["task"] = task_of(item)
        elif item.after:
            turn["about"] = item.after
    return turn


def page_facts(row: Mapping[str, Any], about: Mapping[str, Any], plan: InterviewPlan) -> dict[str, Any]:
    """What the page shows about the interview in every phase.

    `row` is the session's row; `about` has the workspace's `workspace` (its name) and `contact`, and the `candidate`'s
    name.
    """
    return {
        "language": row["language"],
        "workspace": about["workspace"],
        "contact": about["contact"],
        "candidate": about["candidate"],
        "role": plan.title,
        "stage": plan.stage or None,
        "duration_minutes": int(plan.minutes),
        "extra_minutes": int(plan.seconds / 60 - float(plan.minutes)),
        "timed": plan.timed,
        "mode": plan.mode.value,
        "scheduled_at": row["scheduled_at"].isoformat(),
        "timezone": row["timezone"],
        "interviewer": plan.manner.name or "Viva",
        "code_languages": sorted({name for item in plan.items if item.code for name in item.code.languages}),
    }
