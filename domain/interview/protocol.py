"""The room: what a candidate's page may send, what it is shown, and how the log reads as an interview.

The page's messages are a stranger's text. Each is checked for its form and size here; its words are kept as they are.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.code.runs import Case, CaseStatus, RunResult
from domain.code.runs import shown as shown_case
from domain.frozen import Frozen
from domain.interview.director import (
    Answered,
    CodeSubmitted,
    EndAsked,
    Event,
    Extended,
    Interview,
    Move,
    MoveKind,
    Paused,
    Resumed,
    Spoke,
    Started,
    fold,
)
from domain.plan.items import InterviewPlan, Item
from domain.sessions.lifecycle import SessionStatus

CONSENT_VERSION = "2026-11"
TEXT_BYTES, CODE_BYTES = 16 * 1024, 64 * 1024
MESSAGE_BYTES = 6 * CODE_BYTES  # JSON may write a character as six


class Phase(StrEnum):
    lobby = "lobby"
    practice = "practice"
    interview = "interview"
    ended = "ended"


class Entry(Frozen):
    """One entry of the log."""

    seq: int
    at: datetime
    kind: str
    body: dict[str, Any]


class Refused(Exception):
    """A message that is not taken: a fact and a next move, for the page to show."""

    def __init__(self, code: str, error: str, hint: str, status: int = 400) -> None:
        super().__init__(code)
        self.body = {"error": error, "code": code, "hint": hint}
        self.status = status


# --- Messages -------------------------------------------------------------------------------------------


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        # no database stores NUL in text
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value


class Consent(_Body):
    version: str = Field(max_length=40)
    language: str = Field(max_length=40)


class Practice(_Body):
    text: str


class Nothing(_Body):
    pass


class Answer(_Body):
    text: str


class Code(_Body):
    task: str = Field(max_length=100)
    language: str = Field(max_length=40)
    code: str


class Signal(_Body):
    kind: Literal["tab_hidden", "paste"]
    length: int = Field(default=0, ge=0, le=10**9)


class Help(_Body):
    kind: str = Field(max_length=40)
    text: str


_BODIES: Mapping[str, type[_Body]] = {
    "consent": Consent,
    "practice": Practice,
    "begin": Nothing,
    "answer": Answer,
    "code_run": Code,
    "code_submit": Code,
    "signal": Signal,
    "help": Help,
    "leave": Nothing,
}
# Under which kind a message is kept.
KEPT_AS: Mapping[str, str] = {"begin": "begun", "code_submit": "code_submitted"}
_PHASES: Mapping[str, frozenset[Phase]] = {
    "consent": frozenset({Phase.lobby}),
    "practice": frozenset({Phase.practice}),
    "begin": frozenset({Phase.practice}),
    "help": frozenset({Phase.lobby, Phase.practice, Phase.interview}),
    **dict.fromkeys(("answer", "code_run", "code_submit", "signal", "leave"), frozenset({Phase.interview})),
}


class Message(Frozen):
    """A message of the page: its own id, its type and its checked body."""

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")
    type: str
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        return KEPT_AS.get(self.type, self.type)


def read_message(raw: bytes | str) -> Message:
    """The message in these bytes; `Refused` when it has not the form or the size of one."""
    if len(raw) > MESSAGE_BYTES:
        raise _too_long()
    try:
        parsed = orjson.loads(raw)
        known = _BODIES[parsed["type"]]
        body = known.model_validate(parsed.get("body") or {})
        message = Message(client_id=parsed["client_id"], type=parsed["type"], body=body.model_dump())
    except (ValueError, TypeError, KeyError, AttributeError, ValidationError):
        raise Refused(
            "unreadable", "This message cannot be read.", "Reload the page and try again."
        ) from None
    most = CODE_BYTES if isinstance(body, Code) else TEXT_BYTES
    if any(len(value.encode()) > most for value in message.body.values() if isinstance(value, str)):
        raise _too_long()
    if isinstance(body, Answer | Practice) and not body.text.strip():
        raise Refused("empty", "There is nothing in this message.", "Write something first.")
    if isinstance(body, Consent) and body.version != CONSENT_VERSION:
        raise Refused(
            "other_version", "The text to agree to has changed.", "Reload the page and read it again."
        )
    return message


def _too_long() -> Refused:
    return Refused(
        "too_long", "This message is too long.", "Shorten it: 16 KiB of text, 64 KiB of code.", 413
    )


def admit(message: Message, phase: Phase) -> None:
    """`Refused` when this is not the time for such a message."""
    if phase not in _PHASES[message.type]:
        raise Refused(
            "not_now", "This cannot be taken now.", "Reload the page to see where things stand.", 409
        )


# --- The log as an interview ------------------------------------------------------------------------------

# What the conversation consists of; other entries change nothing about what the interviewer does next.
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


def event_of(entry: Entry) -> Event | None:
    """The entry as the Director reads it, or None when it is none of its business."""
    seq, at, body = entry.seq, entry.at, entry.body
    match entry.kind:
        case "begun":
            return Started(seq=seq, at=at)
        case "paused":
            # the line was lost before anybody noticed
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
    """Where the conversation in this log stands."""
    return fold(plan, [event for entry in entries if (event := event_of(entry)) is not None])


def phase_of(status: SessionStatus, kinds: Iterable[str]) -> Phase:
    """Which part of the page the candidate is in."""
    if status not in (SessionStatus.scheduled, SessionStatus.in_progress):
        return Phase.ended
    seen = set(kinds)
    if "ended" in seen:
        return Phase.ended
    if "begun" in seen:
        return Phase.interview
    return Phase.practice if "consent" in seen else Phase.lobby


ENDED_AS: Mapping[str, str] = {"candidate_ended": "left"}


def ended_reason(status: SessionStatus, entries: Iterable[Entry]) -> str:
    """Why it is over, in the page's words."""
    last = next((entry.body["reason"] for entry in entries if entry.kind == "ended"), None)
    if last:
        return str(last)
    return {SessionStatus.cancelled: "cancelled", SessionStatus.failed: "expired"}.get(status, "completed")


# --- What the page is shown ---------------------------------------------------------------------------------

_SHOWN = frozenset(
    {
        "consent",
        "practice",
        "practice_reply",
        "begun",
        "answer",
        "code_result",
        "code_submitted",
        "paused",
        "resumed",
        "ended",
    }
)
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "practice_reply": ("text",),
    "answer": ("text",),
    "code_result": ("task", "submitted", "run"),
    "code_submitted": ("task",),
    "ended": ("reason",),
}


def shown(entry: Entry, plan: InterviewPlan) -> dict[str, Any] | None:
    """The entry as the candidate's page gets it; None for what is not for the page."""
    if entry.kind == "interviewer":
        body = _turn(entry.body, plan)
    elif entry.kind in _SHOWN:
        body = {name: entry.body[name] for name in _MEMBERS.get(entry.kind, ())}
    else:
        return None
    return {"seq": entry.seq, "type": entry.kind, "at": entry.at.isoformat(), "body": body}


def _turn(body: Mapping[str, Any], plan: InterviewPlan) -> dict[str, Any]:
    """The interviewer's turn without what decided it: no criterion, no reason."""
    move = Move.model_validate(body["move"])
    turn: dict[str, Any] = {"text": body["text"], "kind": move.kind.value, "item": move.item_id}
    if move.kind is MoveKind.code_task and move.item_id:
        turn["task"] = task_of(plan.item(move.item_id))
    return turn


def task_of(item: Item) -> dict[str, Any] | None:
    """The coding task with its visible cases; of hidden ones nothing leaves the server."""
    if item.code is None:
        return None
    visible = [case for case in item.code.cases if not case.hidden]
    return {
        "id": item.id,
        "title": item.code.title,
        "prompt": item.code.statement,
        "languages": list(item.code.languages),
        "starter": item.code.starter,
        "cases": [
            {"name": case.name or str(number), "input": case.input, "expected_output": case.expected_output}
            for number, case in enumerate(visible, 1)
        ],
    }


_STATUS: Mapping[CaseStatus, str] = {CaseStatus.WRONG_ANSWER: "failed", CaseStatus.TIME_LIMIT: "timeout"}
UNAVAILABLE: Mapping[str, Any] = {"status": "unavailable", "cases": []}


def cases_of(item: Item) -> tuple[Case, ...]:
    """The task's cases for the sandbox."""
    assert item.code is not None
    return tuple(
        Case.printed(case.input, case.expected_output, name=case.name or str(number), hidden=case.hidden)
        for number, case in enumerate(item.code.cases, 1)
    )


def run_of(result: RunResult) -> dict[str, Any]:
    """What the page shows of a run."""
    if result.compile_error is not None:
        error = result.compile_error
        told = {"line": error.line, "column": error.column, "message": error.message}
        return {"status": "compile_error", "cases": [], "compile_error": told}
    if result.single is not None:
        seen = result.single
        status = "passed" if seen.status == "finished" and seen.exit_code == 0 else "runtime_error"
        return {"status": status, "cases": [], "stdout": seen.stdout, "stderr": seen.stderr}
    cases = [_case(number, result) for number in range(result.total)]
    return {"status": "passed" if result.passed == result.total else "failed", "cases": cases}


def _case(number: int, result: RunResult) -> dict[str, Any]:
    seen = shown_case(number, result.cases[number])
    told: dict[str, Any] = {
        "name": seen.name or str(number + 1),
        "status": _STATUS.get(seen.status, seen.status.value),
        "hidden": seen.hidden,
    }
    if not seen.hidden:
        told |= {
            "duration_ms": seen.duration_ms,
            "actual_output": seen.actual_output,
            "expected_output": seen.expected_output,
            "stderr": seen.stderr,
        }
    return told


def page_facts(row: Mapping[str, Any], about: Mapping[str, Any], plan: InterviewPlan) -> dict[str, Any]:
    """What the page is told about the interview itself, whatever its phase."""
    return {
        "language": row["language"],
        "workspace": about["workspace"],
        "contact": about["contact"],
        "role": plan.title,
        "stage": plan.stage or None,
        "duration_minutes": int(plan.minutes),
        "extra_minutes": int(plan.seconds / 60 - float(plan.minutes)),
        "mode": plan.mode.value,
        "scheduled_at": row["scheduled_at"].isoformat(),
        "timezone": row["timezone"],
        "interviewer": plan.manner.name or "Viva",
        "code_languages": sorted({name for item in plan.items if item.code for name in item.code.languages}),
    }


# --- What whoever asked for the interview is shown -----------------------------------------------------------


def transcript(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The conversation as turns (contract 9.10). Citations name `turn`; times count from the start."""
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
    """Facts about how answers came about (contract 9.10). They never enter a score."""
    seen = [entry for entry in entries if entry.kind == "signal"]
    pastes = [entry for entry in seen if entry.body["kind"] == "paste"]
    return {
        "tab_switch_count": sum(entry.body["kind"] == "tab_hidden" for entry in seen),
        "paste_events": [{"at": entry.at.isoformat(), "length": entry.body["length"]} for entry in pastes],
        "voice_spoofing_flags": [],
        "screen_share_detections": [],
    }
