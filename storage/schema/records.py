"""A frozen record for the rows of each table: made from `tables.py` by `make snapshots`, not by hand."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRecord:
    """A tenant. `credit_limit` None means unlimited; `rate_limit` None means the server's default."""

    id: UUID
    slug: str
    name: str
    sender_name: str | None = None
    reply_to: str | None = None
    contact: str | None = None
    reminder_minutes: list[int]
    credit_limit: int | None = None
    rate_limit: int | None = None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """A person who signs in to the dashboard."""

    id: UUID
    workspace_id: UUID
    email: str
    email_key: str
    name: str
    password_hash: str | None = None
    role: str = "member"
    created_at: dt.datetime
    disabled_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRecord:
    """A key's digest and what it may do. The key itself is never stored."""

    id: UUID
    workspace_id: UUID
    name: str
    hint: str
    digest: str
    scopes: list[str]
    created_at: dt.datetime
    created_by: UUID | None = None
    last_used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfileRecord:
    """An interviewer."""

    id: UUID
    workspace_id: UUID
    name: str
    name_key: str = ""
    persona: str
    use_case: str
    evaluation_dimensions: list[dict[str, Any]]
    context: dict[str, Any]
    interaction: dict[str, Any]
    scoring: dict[str, Any]
    output: dict[str, Any]
    additional_instructions: str | None = None
    is_public: bool = False
    forked_from: UUID | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationTemplateRecord:
    """A role or programme to assess."""

    id: UUID
    workspace_id: UUID
    template_name: str
    name_key: str = ""
    use_case: str
    description: str | None = None
    objective: str | None = None
    success_outcome: str
    status: str
    industry: str | None = None
    level: str | None = None
    requirements: str | None = None
    skills: list[str]
    soft_skills: list[str]
    additional_context: str | None = None
    default_duration_minutes: int
    default_difficulty: str
    session_mode: str
    visibility: str
    language: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationStageRecord:
    """One step of a template; sessions call its id `interview_id`."""

    id: UUID
    workspace_id: UUID
    evaluation_template_id: UUID
    type: str
    type_key: str = ""
    stage_name: str | None = None
    name_key: str = ""
    stage_type: str
    stage_order: int
    duration_minutes: int
    agent_profile_id: UUID | None = None
    difficulty: str
    pass_threshold: float | None = None
    allow_retake: bool
    automation_rule: str
    status: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRecord:
    """A person to be interviewed. `email_key` is the address in the form used for comparison."""

    id: UUID
    workspace_id: UUID
    name: str
    name_key: str = ""
    email: str
    email_key: str
    evaluation_template_id: UUID | None = None
    external_id: str | None = None
    phone: str | None = None
    tags: list[str]
    profile: dict[str, Any]
    background: dict[str, Any]
    resume_url: str | None = None
    pipeline_id: UUID | None = None
    search_text: str = ""
    extra: dict[str, Any]
    status: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One interview. `generation` rises with every reschedule: jobs for an older one are stale."""

    id: UUID
    workspace_id: UUID
    status: str
    stage: str
    interview_id: UUID
    candidate_id: UUID
    evaluation_template_id: UUID
    agent_profile_id: UUID | None = None
    external_id: str | None = None
    session_mode: str
    scheduled_at: dt.datetime
    timezone: str
    language: str
    duration_minutes: int
    notes: str | None = None
    idempotency_key: str | None = None
    request_digest: str | None = None
    forced: bool = False
    generation: int = 0
    invite_status: str
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    score: str | None = None
    score_scale: str
    passed: bool | None = None
    recommendation: str | None = None
    summary: str | None = None
    evaluation_breakdown: list[dict[str, Any]] | None = None
    authenticity_signals: dict[str, Any] | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionListRecord:
    """One interview. `generation` rises with every reschedule: jobs for an older one are stale."""

    id: UUID
    workspace_id: UUID
    status: str
    stage: str
    interview_id: UUID
    candidate_id: UUID
    evaluation_template_id: UUID
    agent_profile_id: UUID | None = None
    external_id: str | None = None
    session_mode: str
    scheduled_at: dt.datetime
    timezone: str
    language: str
    duration_minutes: int
    notes: str | None = None
    idempotency_key: str | None = None
    forced: bool = False
    generation: int = 0
    invite_status: str
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    score: str | None = None
    score_scale: str
    passed: bool | None = None
    recommendation: str | None = None
    summary: str | None = None
    authenticity_signals: dict[str, Any] | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """One mail, queued or sent. Its `status` also holds the claim that prevents sending it twice."""

    id: UUID
    workspace_id: UUID
    session_id: UUID
    kind: str
    generation: int
    attempt: int = 0
    status: str
    due_at: dt.datetime
    tries: int = 0
    message_id: str | None = None
    detail: str | None = None
    sent_at: dt.datetime | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceNoticeRecord:
    """A mail to the workspace itself: one of its mails did not arrive, or an endpoint was disabled."""

    id: UUID
    workspace_id: UUID
    kind: str
    recipient: str
    mail_id: UUID | None = None
    endpoint_id: UUID | None = None
    status: str
    tries: int = 0
    detail: str | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEntryRecord:
    """An entry of the credit ledger: -1 for a new session, +1 for a returned credit. Never changed or deleted."""

    id: UUID
    workspace_id: UUID
    session_id: UUID
    reason: str
    delta: int
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRecord:
    """How many rows a list has. The transaction that changes the list changes the counter."""

    workspace_id: UUID
    name: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRecord:
    """The stored answer to a request with an Idempotency-Key header."""

    workspace_id: UUID
    key: str
    operation: str
    digest: str
    body: dict[str, Any] | None = None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRecord:
    """The token of a preview: valid for one call with the same arguments."""

    id: UUID
    workspace_id: UUID
    caller: str
    operation: str
    digest: str
    expires_at: dt.datetime
    used_at: dt.datetime | None = None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntryRecord:
    """One write: who did what to which record; each entry's hash covers the one before."""

    id: UUID
    workspace_id: UUID
    seq: int
    at: dt.datetime
    actor: str
    client: str
    face: str
    operation: str
    subject: str | None = None
    fields: list[str]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeadRecord:
    """The end of a workspace's audit chain: the number and hash of its last entry, sealed with the audit key."""

    workspace_id: UUID
    seq: int
    hash: str
    plain: int = 0
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKeyIdRecord:
    """The id of the one key that seals this database's audit logs. It has one row."""

    id: int
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointRecord:
    """Where a workspace's events go. Secrets are encrypted; `previous_secret` is valid for a day more."""

    id: UUID
    workspace_id: UUID
    url: str
    events: list[str]
    description: str | None = None
    enabled: bool = True
    disabled_reason: str | None = None
    enabled_at: dt.datetime | None = None
    secret: str
    previous_secret: str | None = None
    previous_until: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """An event, with its data as it was at that time. `wire_id` is the id that receivers see."""

    id: UUID
    workspace_id: UUID
    wire_id: str
    event: str
    participant_id: UUID | None = None
    data: dict[str, Any]
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One attempt to deliver an event to an endpoint, made or still due."""

    id: UUID
    workspace_id: UUID
    event_id: UUID
    endpoint_id: UUID
    round: int = 0
    attempt: int
    status: str
    http_status: int | None = None
    error: str | None = None
    snippet: str | None = None
    duration_ms: int | None = None
    due_at: dt.datetime
    created_at: dt.datetime
    finished_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewPlanRecord:
    """The plan of a session, frozen when it begins. `seen_at` is when the candidate was last connected."""

    session_id: UUID
    workspace_id: UUID
    body: dict[str, Any]
    seen_at: dt.datetime
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewEventRecord:
    """One entry of a session's log, never changed. `client_id` is the sender's id, so no message is added twice."""

    session_id: UUID
    seq: int
    workspace_id: UUID
    at: dt.datetime
    kind: str
    body: dict[str, Any]
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardVersionRecord:
    """One assessment of one interview. A later one is a new version and replaces nothing."""

    id: UUID
    workspace_id: UUID
    session_id: UUID
    version: int
    method: str
    author: str
    findings: dict[str, Any]
    card: dict[str, Any]
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """A question of a template's bank, for all its stages or for one."""

    id: UUID
    workspace_id: UUID
    evaluation_template_id: UUID
    interview_id: UUID | None = None
    question: str
    dimension: str
    easier: str
    harder: str
    criteria: list[str]
    probes: list[str]
    anchors: dict[str, str]
    must_have: list[str]
    mandatory: bool
    minutes: float | None = None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageScriptRecord:
    """The script of a stage. `version` counts its writings from 1; `written_by` is the actor of the last one."""

    stage_id: UUID
    workspace_id: UUID
    language: str
    body: dict[str, Any]
    version: int
    written_by: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingTaskRecord:
    """A coding task of a template, for all its stages or for one."""

    id: UUID
    workspace_id: UUID
    evaluation_template_id: UUID
    interview_id: UUID | None = None
    title: str
    statement: str
    dimension: str
    languages: list[str]
    starter: dict[str, str]
    cases: list[dict[str, Any]]
    minutes: float
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReviewRecord:
    """A person's review of a scored session. It leaves the scorecard unchanged; the latest review is in force."""

    id: UUID
    workspace_id: UUID
    session_id: UUID
    version: int | None = None
    by: str
    reason: str
    passed: bool | None = None
    recommendation: str | None = None
    score: str | None = None
    created_at: dt.datetime
