"""core"""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "workspaces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=True),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("reminder_minutes", Json, nullable=False),
        sa.Column("credit_limit", sa.Integer(), nullable=True),
        sa.Column("rate_limit", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("slug", name=op.f("uq_workspaces_slug")),
    )
    op.create_table(
        "agent_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("persona", sa.String(), nullable=False),
        sa.Column("use_case", sa.String(), nullable=False),
        sa.Column("evaluation_dimensions", Json, nullable=False),
        sa.Column("context", Json, nullable=False),
        sa.Column("interaction", Json, nullable=False),
        sa.Column("scoring", Json, nullable=False),
        sa.Column("output", Json, nullable=False),
        sa.Column("additional_instructions", sa.String(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("forked_from", sa.Uuid(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_agent_profiles_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_profiles")),
    )
    with op.batch_alter_table("agent_profiles", schema=None) as batch_op:
        batch_op.create_index("ix_agent_profiles_page", ["workspace_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_agent_profiles_public",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("is_public"),
            postgresql_where=sa.text("is_public"),
        )

    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_api_keys_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_audit_entries_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("workspace_id", "seq", name=op.f("uq_audit_entries_workspace_id_seq")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_subject", ["workspace_id", "subject"], unique=False)

    op.create_table(
        "audit_heads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_audit_heads_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_confirmations_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    op.create_table(
        "counters",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_counters_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "credit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_credit_entries_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entries")),
        sa.UniqueConstraint("session_id", "reason", name=op.f("uq_credit_entries_session_id_reason")),
    )
    with op.batch_alter_table("credit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_credit_entries_page", ["workspace_id", "created_at", "id"], unique=False)

    op.create_table(
        "evaluation_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("template_name", sa.String(), nullable=False),
        sa.Column("use_case", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("objective", sa.String(), nullable=True),
        sa.Column("success_outcome", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("requirements", sa.String(), nullable=True),
        sa.Column("skills", Json, nullable=False),
        sa.Column("soft_skills", Json, nullable=False),
        sa.Column("additional_context", sa.String(), nullable=True),
        sa.Column("default_duration_minutes", sa.Integer(), nullable=False),
        sa.Column("default_difficulty", sa.String(), nullable=False),
        sa.Column("session_mode", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_evaluation_templates_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_templates")),
    )
    with op.batch_alter_table("evaluation_templates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_evaluation_templates_page", ["workspace_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("wire_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_events_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("wire_id", name=op.f("uq_events_wire_id")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_page", ["workspace_id", "occurred_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "replays",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", Json, nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_replays_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_replays")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("disabled_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_users_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String(), nullable=True),
        sa.Column("previous_until", Utc(), nullable=True),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_webhook_endpoints_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_endpoints_page", ["workspace_id", "created_at", "id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("snippet", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_deliveries_endpoint_id_webhook_endpoints"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id_events")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_deliveries_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "event_id",
            "endpoint_id",
            "round",
            "attempt",
            name=op.f("uq_deliveries_event_id_endpoint_id_round_attempt"),
        ),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_endpoint", ["endpoint_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_deliveries_event", ["event_id"], unique=False)
        batch_op.create_index("ix_deliveries_page", ["workspace_id", "created_at", "id"], unique=False)

    op.create_table(
        "evaluation_stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_template_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("stage_name", sa.String(), nullable=True),
        sa.Column("stage_type", sa.String(), nullable=False),
        sa.Column("stage_order", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("agent_profile_id", sa.Uuid(), nullable=True),
        sa.Column("difficulty", sa.String(), nullable=False),
        sa.Column("pass_threshold", sa.Double(), nullable=True),
        sa.Column("allow_retake", sa.Boolean(), nullable=False),
        sa.Column("automation_rule", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_profile_id"],
            ["agent_profiles.id"],
            name=op.f("fk_evaluation_stages_agent_profile_id_agent_profiles"),
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_template_id"],
            ["evaluation_templates.id"],
            name=op.f("fk_evaluation_stages_evaluation_template_id_evaluation_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_evaluation_stages_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_stages")),
    )
    with op.batch_alter_table("evaluation_stages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_evaluation_stages_order",
            ["workspace_id", "evaluation_template_id", "stage_order", "id"],
            unique=False,
        )
        batch_op.create_index("ix_evaluation_stages_profile", ["agent_profile_id"], unique=False)

    op.create_table(
        "participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("evaluation_template_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("background", Json, nullable=False),
        sa.Column("resume_url", sa.String(), nullable=True),
        sa.Column("pipeline_id", sa.Uuid(), nullable=True),
        sa.Column("extra", Json, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_template_id"],
            ["evaluation_templates.id"],
            name=op.f("fk_participants_evaluation_template_id_evaluation_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_participants_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.create_index("ix_participants_external", ["workspace_id", "external_id"], unique=False)
        batch_op.create_index("ix_participants_page", ["workspace_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_participants_template",
            ["workspace_id", "evaluation_template_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_participants_email_alone",
            ["workspace_id", "email_key"],
            unique=True,
            sqlite_where=sa.text("evaluation_template_id IS NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NULL"),
        )
        batch_op.create_index(
            "uq_participants_email_template",
            ["workspace_id", "email_key", "evaluation_template_id"],
            unique=True,
            sqlite_where=sa.text("evaluation_template_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NOT NULL"),
        )

    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_template_id", sa.Uuid(), nullable=False),
        sa.Column("agent_profile_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("session_mode", sa.String(), nullable=False),
        sa.Column("scheduled_at", Utc(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("invite_status", sa.String(), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("score", sa.String(), nullable=True),
        sa.Column("score_scale", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("recommendation", sa.String(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("evaluation_breakdown", Json, nullable=True),
        sa.Column("authenticity_signals", Json, nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_profile_id"],
            ["agent_profiles.id"],
            name=op.f("fk_sessions_agent_profile_id_agent_profiles"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["participants.id"], name=op.f("fk_sessions_candidate_id_participants")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_template_id"],
            ["evaluation_templates.id"],
            name=op.f("fk_sessions_evaluation_template_id_evaluation_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["evaluation_stages.id"],
            name=op.f("fk_sessions_interview_id_evaluation_stages"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_sessions_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sessions_candidate", ["workspace_id", "candidate_id", "interview_id", "status"], unique=False
        )
        batch_op.create_index("ix_sessions_page", ["workspace_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_sessions_profile", ["agent_profile_id"], unique=False)
        batch_op.create_index("ix_sessions_stage", ["interview_id"], unique=False)
        batch_op.create_index(
            "ix_sessions_status", ["workspace_id", "status", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_sessions_template",
            ["workspace_id", "evaluation_template_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_sessions_idempotency_key",
            ["workspace_id", "idempotency_key"],
            unique=True,
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_sessions_open",
            ["workspace_id", "candidate_id", "interview_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
            postgresql_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
        )

    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_mails_session_id_sessions")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_mails_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint(
            "session_id",
            "kind",
            "generation",
            "attempt",
            name=op.f("uq_mails_session_id_kind_generation_attempt"),
        ),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index("ix_mails_open", ["status", "due_at"], unique=False)
        batch_op.create_index("ix_mails_page", ["workspace_id", "created_at", "id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_page")
        batch_op.drop_index("ix_mails_open")

    op.drop_table("mails")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sessions_open",
            sqlite_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
            postgresql_where=sa.text("status IN ('scheduled', 'in_progress') AND NOT forced"),
        )
        batch_op.drop_index(
            "uq_sessions_idempotency_key",
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )
        batch_op.drop_index("ix_sessions_template")
        batch_op.drop_index("ix_sessions_status")
        batch_op.drop_index("ix_sessions_stage")
        batch_op.drop_index("ix_sessions_profile")
        batch_op.drop_index("ix_sessions_page")
        batch_op.drop_index("ix_sessions_candidate")

    op.drop_table("sessions")
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_participants_email_template",
            sqlite_where=sa.text("evaluation_template_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_participants_email_alone",
            sqlite_where=sa.text("evaluation_template_id IS NULL"),
            postgresql_where=sa.text("evaluation_template_id IS NULL"),
        )
        batch_op.drop_index("ix_participants_template")
        batch_op.drop_index("ix_participants_page")
        batch_op.drop_index("ix_participants_external")

    op.drop_table("participants")
    with op.batch_alter_table("evaluation_stages", schema=None) as batch_op:
        batch_op.drop_index("ix_evaluation_stages_profile")
        batch_op.drop_index("ix_evaluation_stages_order")

    op.drop_table("evaluation_stages")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_page")
        batch_op.drop_index("ix_deliveries_event")
        batch_op.drop_index("ix_deliveries_endpoint")

    op.drop_table("deliveries")
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_endpoints_page")

    op.drop_table("webhook_endpoints")
    op.drop_table("users")
    op.drop_table("replays")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_participant_id"))
        batch_op.drop_index("ix_events_page")

    op.drop_table("events")
    with op.batch_alter_table("evaluation_templates", schema=None) as batch_op:
        batch_op.drop_index("ix_evaluation_templates_page")

    op.drop_table("evaluation_templates")
    with op.batch_alter_table("credit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_credit_entries_page")

    op.drop_table("credit_entries")
    op.drop_table("counters")
    op.drop_table("confirmations")
    op.drop_table("audit_heads")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject")

    op.drop_table("audit_entries")
    op.drop_table("api_keys")
    with op.batch_alter_table("agent_profiles", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_agent_profiles_public",
            sqlite_where=sa.text("is_public"),
            postgresql_where=sa.text("is_public"),
        )
        batch_op.drop_index("ix_agent_profiles_page")

    op.drop_table("agent_profiles")
    op.drop_table("workspaces")
