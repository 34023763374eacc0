"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import BigId, Codes, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "token",
    "task",
    "session",
    "seeker_status",
    "seeker_key",
    "outbox_case",
    "note",
    "case_message",
    "application",
    "webhook_id",
    "staff",
    "sign_in_failure",
    "seeker",
    "outbox",
    "meta",
    "inbox",
    "correction",
    "cases",
    "blob",
    "audit",
)


def upgrade() -> None:
    """All tables but those of the search, which differ by engine."""
    op.create_table(
        "audit",
        sa.Column("seq", BigId, autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("seeker_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_case_id", "audit", ["case_id"])
    op.create_index("ix_audit_seeker_id", "audit", ["seeker_id"])

    op.create_table(
        "blob",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blob"),
    )
    op.create_index("ix_blob_key_id_kind", "blob", ["key_id", "kind"])

    op.create_table(
        "cases",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("wake_on", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("proof", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", Codes(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("sender_hash", sa.LargeBinary(), nullable=False),
        sa.Column("complaint", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_assignee_state_id", "cases", ["assignee", "state", "id"])
    op.create_index("ix_cases_message_id", "cases", ["message_id"])
    op.create_index("ix_cases_request_state_id", "cases", ["request", "state", "id"])
    op.create_index("ix_cases_seeker_id", "cases", ["seeker_id"])
    op.create_index("ix_cases_sender_hash", "cases", ["sender_hash"])
    op.create_index("ix_cases_state_id", "cases", ["state", "id"])
    op.create_index(
        "ix_cases_wake_on",
        "cases",
        ["wake_on"],
        sqlite_where=sa.text("wake_on IS NOT NULL"),
        postgresql_where=sa.text("wake_on IS NOT NULL"),
    )

    op.create_table(
        "correction",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("was", Codes(), nullable=False),
        sa.Column("now", Codes(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
    )
    op.create_index("ix_correction_message_id", "correction", ["message_id"])

    op.create_table(
        "inbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_as", sa.Text(), nullable=True),
        sa.Column("ended_of", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rfc_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sender_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("digest", name="uq_inbox_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_content_hash", "inbox", ["content_hash"])
    op.create_index("ix_inbox_ended_as", "inbox", ["ended_as"])
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["id"],
        sqlite_where=sa.text("ended_as IS NULL"),
        postgresql_where=sa.text("ended_as IS NULL"),
    )

    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("blob_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("unique_part", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("mail_class", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("ready_at", Instant(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("in_message", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("needs_state", Codes(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_address_hash_created_at", "outbox", ["address_hash", "created_at"])
    op.create_index("ix_outbox_in_message", "outbox", ["in_message"])
    op.create_index(
        "ix_outbox_live",
        "outbox",
        ["ready_at", "id"],
        sqlite_where=sa.text("state IN ('queued', 'claimed')"),
        postgresql_where=sa.text("state IN ('queued', 'claimed')"),
    )
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index("ix_outbox_unique_part", "outbox", ["unique_part"])
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"])

    op.create_table(
        "seeker",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("addresses", Codes(), nullable=False),
        sa.Column("phones", Codes(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_since", sa.Date(), nullable=True),
        sa.Column("registered_via", sa.Text(), nullable=False),
        sa.Column("concierge", sa.Text(), nullable=True),
        sa.Column("legal_hold", sa.Text(), nullable=True),
        sa.Column("invalid_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("outreach_held_at", Instant(), nullable=True),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seeker"),
        sa.UniqueConstraint("member_id", name="uq_seeker_member_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_seeker_invalid_on", "seeker", ["invalid_on"])
    op.create_index(
        "ix_seeker_resume_on",
        "seeker",
        ["resume_on"],
        sqlite_where=sa.text("resume_on IS NOT NULL"),
        postgresql_where=sa.text("resume_on IS NOT NULL"),
    )
    op.create_index("ix_seeker_withdrawn_on", "seeker", ["withdrawn_on"])

    op.create_table(
        "sign_in_failure",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_name_at", "sign_in_failure", ["name", "at"])

    op.create_table(
        "staff",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
    )
    op.create_table(
        "webhook_id",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_webhook_id"),
    )
    op.create_index("ix_webhook_id_message_id", "webhook_id", ["message_id"])

    op.create_table(
        "application",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("seeker_id", BigId, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("self_applied", sa.Boolean(), nullable=False),
        sa.Column("interview_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_application_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
        sa.UniqueConstraint("seeker_id", "company", name="uq_application_seeker_id_company"),
    )
    op.create_table(
        "case_message",
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_message_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "message_id", name="pk_case_message"),
    )
    op.create_index("ix_case_message_message_id", "case_message", ["message_id"])

    op.create_table(
        "note",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("blob_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_note_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_case_id", "note", ["case_id"])

    op.create_table(
        "outbox_case",
        sa.Column("outbox_id", BigId, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_outbox_case_outbox_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outbox_id", "case_id", name="pk_outbox_case"),
    )
    op.create_index("ix_outbox_case_case_id", "outbox_case", ["case_id"])

    op.create_table(
        "seeker_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seeker_id", BigId, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_seeker_key_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "seeker_id", name="pk_seeker_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_seeker_key_seeker_id", "seeker_key", ["seeker_id"])

    op.create_table(
        "seeker_status",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("seeker_id", BigId, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_seeker_status_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_seeker_status"),
    )
    op.create_index("ix_seeker_status_seeker_id", "seeker_status", ["seeker_id"])

    op.create_table(
        "session",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_session_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("token_hash", name="uq_session_token_hash"),
    )
    op.create_index("ix_session_staff_id", "session", ["staff_id"])

    op.create_table(
        "task",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_task_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"])
    op.create_index(
        "ix_task_open",
        "task",
        ["id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )

    op.create_table(
        "token",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_token_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("token_hash", name="uq_token_token_hash"),
    )
    op.create_index("ix_token_case_id", "token", ["case_id"])


def downgrade() -> None:
    """Back to nothing, children first."""
    for name in TABLES:
        op.drop_table(name)
