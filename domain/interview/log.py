"""How the log of an interview reads: as events for the Director, as a phase for the page, as a transcript."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.frozen import Frozen
from domain.interview.events import (
    Answered,
    CodeSubmitted,
    EndAsked,
    Event,
    Extended,
    Move,
    Paused,
    Resumed,
    Spoke,
    Started,
)
from domain.interview.folding import fold
from domain.interview.model_turn import Reading
from domain.interview.state import Interview
from domain.plan.items import InterviewPlan
from domain.sessions.lifecycle import SessionStatus


class Entry(Frozen):
    """One entry of the log."""

    seq: int
    at: datetime
    kind: str
    body: dict[str, Any]


class Phase(StrEnum):
    """Which part of the page the candidate is in."""

    lobby = "lobby"
    practice = "practice"
    interview = "interview"
    ended = "ended"


# The entries that the conversation consists of. Other entries never change what the interviewer does next.
CONVERSATION = frozenset(
    {
        "begun",
        "paused",
        "resumed",
        "extended",
        "interviewer",
        "answer",
        "code_submitted",
        "code_result",
        "leave",
        "ended",
    }
)

# A move's reason for closing → the reason in the log, where the two differ.
ENDED_REASONS: Mapping[str, str] = {"candidate_ended": "left"}


def event_of(entry: Entry) -> Event | None:
    """The entry as an event for the Director. None for entries that it ignores."""
    seq, at, body = entry.seq, entry.at, entry.body
    match entry.kind:
        case "begun":
            return Started(seq=seq, at=at)
        case "paused":
            # the entry is written later than the moment the connection was lost
            since = body.get("since")
            return Paused(seq=seq, at=datetime.fromisoformat(since) if since else at)
        case "resumed":
            return Resumed(seq=seq, at=at)
        case "extended":
            return Extended(seq=seq, at=at, seconds=body["seconds"])
        case "interviewer":
            return Spoke(
                seq=seq,
                at=at,
                move=Move.model_validate(body["move"]),
                text=body["text"],
                source=body["source"],
                degraded=body["degraded"],
                reading=Reading.model_validate(body.get("reading") or {}),
            )
        case "answer":
            return Answered(seq=seq, at=at, text=body["text"])
        case "code_result" if body["submitted"]:
            return CodeSubmitted(
                seq=seq,
                at=at,
                item_id=body["task"],
                passed=body["passed"],
                total=body["total"],
                ran=body["ran"],
            )
        case "leave":
            return EndAsked(seq=seq, at=at)
    return None


def interview_of(plan: InterviewPlan, entries: Iterable[Entry]) -> Interview:
    """The state of the conversation after these entries."""
    return fold(plan, [event for entry in entries if (event := event_of(entry)) is not None])


def phase_of(status: SessionStatus, kinds: Iterable[str]) -> Phase:
    """The phase of a session with this status and entries of these kinds."""
    if status not in (SessionStatus.scheduled, SessionStatus.in_progress):
        return Phase.ended
    seen = set(kinds)
    if "ended" in seen:
        return Phase.ended
    if "begun" in seen:
        return Phase.interview
    return Phase.practice if "consent" in seen else Phase.lobby


def ended_reason(status: SessionStatus, entries: Iterable[Entry]) -> str:
    """Why the interview is over, as the page names it."""
    last = next((entry.body["reason"] for entry in entries if entry.kind == "ended"), None)
    if last:
        return str(last)
    return {SessionStatus.cancelled: "cancelled", SessionStatus.failed: "expired"}.get(status, "completed")


def transcript(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The conversation as turns (contract 9.10). Citations name `turn`. Times are milliseconds from the start."""
    turns: list[dict[str, Any]] = []
    begun: datetime | None = None
    for entry in entries:
        if entry.kind == "begun":
            begun = entry.at
        if begun is None or entry.kind not in ("interviewer", "answer", "code_submitted"):
            continue
        at = max(0, round((entry.at - begun).total_seconds() * 1000))
        text = entry.body["code"] if entry.kind == "code_submitted" else entry.body["text"]
        speaker = "ai" if entry.kind == "interviewer" else "participant"
        if turns:
            turns[-1]["end_ms"] = at
        turns.append({"turn": entry.seq, "speaker": speaker, "text": text, "start_ms": at, "end_ms": at})
    return turns


def signals(entries: Iterable[Entry]) -> dict[str, Any]:
    """Facts about how answers were typed (contract 9.10). They never enter a score."""
    found = [entry for entry in entries if entry.kind == "signal"]
    pastes = [entry for entry in found if entry.body["kind"] == "paste"]
    return {
        "tab_switch_count": sum(entry.body["kind"] == "tab_hidden" for entry in found),
        "paste_events": [{"at": entry.at.isoformat(), "length": entry.body["length"]} for entry in pastes],
        "voice_spoofing_flags": [],
        "screen_share_detections": [],
    }
