"""The tables, each declared once. Queries live in the other packages of `storage`, rules in `domain`.

Ids are UUIDv7 and come from the caller, times are aware UTC, documents are JSON. Every table with data of a
workspace has a column `workspace_id`.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.schema.columns import Json, Utc

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


def table(model: type[SQLModel]) -> sa.Table:
    """The table of a class: SQLModel sets it in a way that type checkers do not see."""
    return model.__table__  # type: ignore[attr-defined,no-any-return]


def of_workspace() -> Any:
    """The tenant a row belongs to."""
    return Field(foreign_key="workspaces.id")


class Workspace(SQLModel, table=True):
    """A tenant. `credit_limit` None means unlimited; `rate_limit` None means the server's default."""

    __tablename__: ClassVar[Any] = "workspaces"

    id: UUID = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    sender_name: str | None = None
    reply_to: str | None = None
    contact: str | None = None
    reminder_minutes: list[int] = Field(sa_type=Json)
    credit_limit: int | None = None
    rate_limit: int | None = None
    created_at: datetime = Field(sa_type=Utc)


class User(SQLModel, table=True):
    """A person who signs in to the dashboard."""

    __tablename__: ClassVar[Any] = "users"

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    email: str
    email_key: str = Field(unique=True)
    name: str
    password_hash: str | None = None
    role: str = "member"
    created_at: datetime = Field(sa_type=Utc)
    disabled_at: datetime | None = Field(default=None, sa_type=Utc)


class ApiKey(SQLModel, table=True):
    """A key's digest and what it may do. The key itself is never stored."""

    __tablename__: ClassVar[Any] = "api_keys"

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    name: str
    hint: str
    digest: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Utc)
    created_by: UUID | None = None
    last_used_at: datetime | None = Field(default=None, sa_type=Utc)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)


class AgentProfile(SQLModel, table=True):
    """An interviewer."""

    __tablename__: ClassVar[Any] = "agent_profiles"
    __table_args__ = (
        sa.Index("ix_agent_profiles_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_agent_profiles_name", "workspace_id", "name_key"),
        sa.Index(
            "ix_agent_profiles_public",
            "created_at",
            "id",
            sqlite_where=sa.text("is_public"),
            postgresql_where=sa.text("is_public"),
        ),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    name: str
    # as a reference by name is compared; columns of this kind are written by the queries that add and change
    name_key: str = ""
    persona: str
    use_case: str
    evaluation_dimensions: list[dict[str, Any]] = Field(sa_type=Json)
    context: dict[str, Any] = Field(sa_type=Json)
    interaction: dict[str, Any] = Field(sa_type=Json)
    scoring: dict[str, Any] = Field(sa_type=Json)
    output: dict[str, Any] = Field(sa_type=Json)
    additional_instructions: str | None = None
    is_public: bool = False
    forked_from: UUID | None = None
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class EvaluationTemplate(SQLModel, table=True):
    """A role or programme to assess."""

    __tablename__: ClassVar[Any] = "evaluation_templates"
    __table_args__ = (
        sa.Index("ix_evaluation_templates_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_evaluation_templates_name", "workspace_id", "name_key"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
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
    skills: list[str] = Field(sa_type=Json)
    soft_skills: list[str] = Field(sa_type=Json)
    additional_context: str | None = None
    default_duration_minutes: int
    default_difficulty: str
    session_mode: str
    visibility: str
    language: str
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class EvaluationStage(SQLModel, table=True):
    """One step of a template; sessions call its id `interview_id`."""

    __tablename__: ClassVar[Any] = "evaluation_stages"
    __table_args__ = (
        sa.Index("ix_evaluation_stages_order", "workspace_id", "evaluation_template_id", "stage_order", "id"),
        sa.Index("ix_evaluation_stages_profile", "agent_profile_id"),
        sa.Index("ix_evaluation_stages_name", "workspace_id", "name_key"),
        sa.Index("ix_evaluation_stages_type", "workspace_id", "type_key"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    evaluation_template_id: UUID = Field(foreign_key="evaluation_templates.id")
    type: str
    type_key: str = ""
    stage_name: str | None = None
    name_key: str = ""
    stage_type: str
    stage_order: int
    duration_minutes: int
    agent_profile_id: UUID | None = Field(default=None, foreign_key="agent_profiles.id")
    difficulty: str
    pass_threshold: float | None = Field(default=None, sa_type=sa.Double)
    allow_retake: bool
    automation_rule: str
    status: str
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class Participant(SQLModel, table=True):
    """A person to be interviewed. `email_key` is the address in the form used for comparison."""

    __tablename__: ClassVar[Any] = "participants"
    __table_args__ = (
        sa.Index("ix_participants_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_participants_external", "workspace_id", "external_id"),
        sa.Index("ix_participants_name", "workspace_id", "name_key"),
        sa.Index("ix_participants_template", "workspace_id", "evaluation_template_id", "created_at", "id"),
        sa.Index(
            "uq_participants_email_template",
            "workspace_id",
            "email_key",
            "evaluation_template_id",
            unique=True,
            sqlite_where=sa.text("evaluation_template_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_participants_email_alone",
            "workspace_id",
            "email_key",
            unique=True,
            sqlite_where=sa.text("evaluation_template_id IS NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    name: str
    name_key: str = ""
    email: str
    email_key: str
    evaluation_template_id: UUID | None = Field(default=None, foreign_key="evaluation_templates.id")
    external_id: str | None = None
    phone: str | None = None
    tags: list[str] = Field(sa_type=Json)
    profile: dict[str, Any] = Field(sa_type=Json)
    background: dict[str, Any] = Field(sa_type=Json)
    resume_url: str | None = None
    pipeline_id: UUID | None = None
    # name, address and external id as `search` compares them; written by `storage.people.participants`
    search_text: str = ""
    # the ORM reserves `metadata`
    extra: dict[str, Any] = Field(sa_type=Json)
    status: str
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class Session(SQLModel, table=True):
    """One interview. `generation` rises with every reschedule: jobs for an older one are stale."""

    __tablename__: ClassVar[Any] = "sessions"
    __table_args__ = (
        sa.Index("ix_sessions_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_sessions_status", "workspace_id", "status", "created_at", "id"),
        sa.Index("ix_sessions_candidate", "workspace_id", "candidate_id", "interview_id", "status"),
        sa.Index("ix_sessions_template", "workspace_id", "evaluation_template_id", "created_at", "id"),
        sa.Index("ix_sessions_stage", "interview_id"),
        sa.Index("ix_sessions_profile", "agent_profile_id"),
        sa.Index(
            "uq_sessions_idempotency_key",
            "workspace_id",
            "idempotency_key",
            unique=True,
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        ),
        sa.Index(
            "ix_sessions_due",
            "scheduled_at",
            sqlite_where=sa.text("status = 'scheduled'"),
            postgresql_where=sa.text("status = 'scheduled'"),
        ),
        sa.Index(
            "ix_sessions_running",
            "started_at",
            sqlite_where=sa.text("status = 'in_progress'"),
            postgresql_where=sa.text("status = 'in_progress'"),
        ),
        sa.Index(
            "ix_sessions_unscored",
            "ended_at",
            sqlite_where=sa.text("status = 'completed' AND summary IS NULL"),
            postgresql_where=sa.text("status = 'completed' AND summary IS NULL"),
        ),
        # Prevents two open sessions for one stage when two calls race; `forced` sessions may be a second one.
        sa.Index(
            "uq_sessions_open",
            "workspace_id",
            "candidate_id",
            "interview_id",
            unique=True,
            sqlite_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
            postgresql_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
        ),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    status: str
    stage: str
    interview_id: UUID = Field(foreign_key="evaluation_stages.id")
    candidate_id: UUID = Field(foreign_key="participants.id")
    evaluation_template_id: UUID = Field(foreign_key="evaluation_templates.id")
    agent_profile_id: UUID | None = Field(default=None, foreign_key="agent_profiles.id")
    external_id: str | None = None
    session_mode: str
    scheduled_at: datetime = Field(sa_type=Utc)
    timezone: str
    language: str
    duration_minutes: int
    notes: str | None = None
    idempotency_key: str | None = None
    # of the request that the key came with; null without a key, and for what was made before there were digests
    request_digest: str | None = None
    forced: bool = False
    generation: int = 0
    invite_status: str
    started_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    score: str | None = None
    score_scale: str
    passed: bool | None = None
    recommendation: str | None = None
    summary: str | None = None
    evaluation_breakdown: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    authenticity_signals: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class Mail(SQLModel, table=True):
    """One mail, queued or sent. Its `status` also holds the claim that prevents sending it twice."""

    __tablename__: ClassVar[Any] = "mails"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "kind", "generation", "attempt"),
        sa.Index("ix_mails_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_mails_open", "status", "due_at"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    session_id: UUID = Field(foreign_key="sessions.id")
    kind: str
    generation: int
    attempt: int = 0
    status: str
    due_at: datetime = Field(sa_type=Utc)
    tries: int = 0
    message_id: str | None = None
    detail: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class WorkspaceNotice(SQLModel, table=True):
    """A mail to the workspace itself: one of its mails did not arrive, or an endpoint was disabled."""

    __tablename__: ClassVar[Any] = "workspace_notices"
    __table_args__ = (sa.Index("ix_workspace_notices_open", "status", "created_at"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    kind: str
    recipient: str
    mail_id: UUID | None = Field(default=None, foreign_key="mails.id", index=True)
    endpoint_id: UUID | None = Field(default=None, foreign_key="webhook_endpoints.id", index=True)
    status: str
    tries: int = 0
    detail: str | None = None
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class CreditEntry(SQLModel, table=True):
    """An entry of the credit ledger: -1 for a new session, +1 for a returned credit. Never changed or deleted."""

    __tablename__: ClassVar[Any] = "credit_entries"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "reason"),
        sa.Index("ix_credit_entries_page", "workspace_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    # no foreign key: the ledger keeps entries of sessions that were erased
    session_id: UUID
    reason: str
    delta: int
    created_at: datetime = Field(sa_type=Utc)


class Counter(SQLModel, table=True):
    """How many rows a list has. The transaction that changes the list changes the counter."""

    __tablename__: ClassVar[Any] = "counters"

    workspace_id: UUID = Field(primary_key=True, foreign_key="workspaces.id")
    name: str = Field(primary_key=True)
    n: int = Field(sa_type=sa.BigInteger)


class Replay(SQLModel, table=True):
    """The stored answer to a request with an Idempotency-Key header."""

    __tablename__: ClassVar[Any] = "replays"

    workspace_id: UUID = Field(primary_key=True, foreign_key="workspaces.id")
    key: str = Field(primary_key=True)
    operation: str
    digest: str
    body: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(sa_type=Utc)


class Confirmation(SQLModel, table=True):
    """The token of a preview: valid for one call with the same arguments."""

    __tablename__: ClassVar[Any] = "confirmations"

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    caller: str
    operation: str
    digest: str
    expires_at: datetime = Field(sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)


class AuditEntry(SQLModel, table=True):
    """One write: who did what to which record; each entry's hash covers the one before."""

    __tablename__: ClassVar[Any] = "audit_entries"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "seq"),
        sa.Index("ix_audit_entries_subject", "workspace_id", "subject"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    seq: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=Utc)
    actor: str
    client: str
    face: str
    operation: str
    subject: str | None = None
    fields: list[str] = Field(sa_type=Json)
    previous: str
    hash: str


class AuditHead(SQLModel, table=True):
    """The end of a workspace's audit chain: the number and hash of its last entry, sealed with the audit key."""

    __tablename__: ClassVar[Any] = "audit_heads"

    workspace_id: UUID = Field(primary_key=True, foreign_key="workspaces.id")
    seq: int = Field(sa_type=sa.BigInteger)
    hash: str
    # how many entries are from before there was a key
    plain: int = Field(default=0, sa_type=sa.BigInteger)
    seal: str = ""


class AuditKeyId(SQLModel, table=True):
    """The id of the one key that seals this database's audit logs. It has one row."""

    __tablename__: ClassVar[Any] = "audit_key"

    id: int = Field(primary_key=True)
    key_id: str


class WebhookEndpoint(SQLModel, table=True):
    """Where a workspace's events go. Secrets are encrypted; `previous_secret` is valid for a day more."""

    __tablename__: ClassVar[Any] = "webhook_endpoints"
    __table_args__ = (sa.Index("ix_webhook_endpoints_page", "workspace_id", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    url: str
    events: list[str] = Field(sa_type=Json)
    description: str | None = None
    enabled: bool = True
    disabled_reason: str | None = None
    # since when it is enabled; events from before are never sent to it
    enabled_at: datetime | None = Field(default=None, sa_type=Utc)
    secret: str
    previous_secret: str | None = None
    previous_until: datetime | None = Field(default=None, sa_type=Utc)
    failing_since: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class Event(SQLModel, table=True):
    """An event, with its data as it was at that time. `wire_id` is the id that receivers see."""

    __tablename__: ClassVar[Any] = "events"
    __table_args__ = (sa.Index("ix_events_page", "workspace_id", "occurred_at", "id"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    wire_id: str = Field(unique=True)
    event: str
    # the person that `data` is about: erasing them deletes the event
    participant_id: UUID | None = Field(default=None, index=True)
    data: dict[str, Any] = Field(sa_type=Json)
    occurred_at: datetime = Field(sa_type=Utc)


class Delivery(SQLModel, table=True):
    """One attempt to deliver an event to an endpoint, made or still due."""

    __tablename__: ClassVar[Any] = "deliveries"
    __table_args__ = (
        sa.Index("ix_deliveries_page", "workspace_id", "created_at", "id"),
        sa.Index("ix_deliveries_event", "event_id"),
        sa.Index("ix_deliveries_endpoint", "endpoint_id", "created_at", "id"),
        sa.UniqueConstraint("event_id", "endpoint_id", "round", "attempt"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    event_id: UUID = Field(foreign_key="events.id")
    endpoint_id: UUID = Field(foreign_key="webhook_endpoints.id")
    # a replay starts a new round of attempts
    round: int = 0
    attempt: int
    status: str
    http_status: int | None = None
    error: str | None = None
    snippet: str | None = None
    duration_ms: int | None = None
    due_at: datetime = Field(sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    finished_at: datetime | None = Field(default=None, sa_type=Utc)


class InterviewPlan(SQLModel, table=True):
    """The plan of a session, frozen when it begins. `seen_at` is when the candidate was last connected."""

    __tablename__: ClassVar[Any] = "interview_plans"

    session_id: UUID = Field(primary_key=True, foreign_key="sessions.id")
    workspace_id: UUID = of_workspace()
    body: dict[str, Any] = Field(sa_type=Json)
    seen_at: datetime = Field(sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)


class InterviewEvent(SQLModel, table=True):
    """One entry of a session's log, never changed. `client_id` is the sender's id, so no message is added twice."""

    __tablename__: ClassVar[Any] = "interview_events"
    __table_args__ = (sa.UniqueConstraint("session_id", "client_id"),)

    session_id: UUID = Field(primary_key=True, foreign_key="sessions.id")
    seq: int = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    at: datetime = Field(sa_type=Utc)
    kind: str
    body: dict[str, Any] = Field(sa_type=Json)
    client_id: str | None = None


class ScorecardVersion(SQLModel, table=True):
    """One assessment of one interview. A later one is a new version and replaces nothing."""

    __tablename__: ClassVar[Any] = "scorecards"
    __table_args__ = (sa.UniqueConstraint("session_id", "version"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    session_id: UUID = Field(foreign_key="sessions.id")
    version: int
    method: str
    author: str
    findings: dict[str, Any] = Field(sa_type=Json)
    card: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Utc)


class Question(SQLModel, table=True):
    """A question of a template's bank, for all its stages or for one."""

    __tablename__: ClassVar[Any] = "questions"
    __table_args__ = (sa.Index("ix_questions_page", "workspace_id", "evaluation_template_id", "created_at"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    evaluation_template_id: UUID = Field(foreign_key="evaluation_templates.id")
    interview_id: UUID | None = Field(default=None, foreign_key="evaluation_stages.id")
    question: str
    dimension: str
    easier: str
    harder: str
    criteria: list[str] = Field(sa_type=Json)
    probes: list[str] = Field(sa_type=Json)
    anchors: dict[str, str] = Field(sa_type=Json)
    must_have: list[str] = Field(sa_type=Json)
    mandatory: bool
    minutes: float | None = Field(default=None, sa_type=sa.Double)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class StageScript(SQLModel, table=True):
    """The script of a stage. `version` counts its writings from 1; `written_by` is the actor of the last one."""

    __tablename__: ClassVar[Any] = "scripts"

    stage_id: UUID = Field(primary_key=True, foreign_key="evaluation_stages.id")
    workspace_id: UUID = of_workspace()
    language: str
    body: dict[str, Any] = Field(sa_type=Json)
    version: int
    written_by: str
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class CodingTask(SQLModel, table=True):
    """A coding task of a template, for all its stages or for one."""

    __tablename__: ClassVar[Any] = "coding_tasks"
    __table_args__ = (
        sa.Index("ix_coding_tasks_page", "workspace_id", "evaluation_template_id", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    evaluation_template_id: UUID = Field(foreign_key="evaluation_templates.id")
    interview_id: UUID | None = Field(default=None, foreign_key="evaluation_stages.id")
    title: str
    statement: str
    dimension: str
    languages: list[str] = Field(sa_type=Json)
    starter: dict[str, str] = Field(sa_type=Json)
    cases: list[dict[str, Any]] = Field(sa_type=Json)
    minutes: float = Field(sa_type=sa.Double)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class SessionReview(SQLModel, table=True):
    """A person's review of a scored session. It leaves the scorecard unchanged; the latest review is in force."""

    __tablename__: ClassVar[Any] = "session_reviews"
    __table_args__ = (sa.Index("ix_session_reviews_session", "session_id", "created_at"),)

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = of_workspace()
    session_id: UUID = Field(foreign_key="sessions.id")
    # the latest scorecard version at that time; null when there was none
    version: int | None = None
    by: str
    reason: str
    passed: bool | None = None
    recommendation: str | None = None
    score: str | None = None
    created_at: datetime = Field(sa_type=Utc)
