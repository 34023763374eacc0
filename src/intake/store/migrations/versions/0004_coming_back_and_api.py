"""Keys for coming back, API tokens and answers, webhooks out, candidates of a case, deputies and conditions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import BigId, Bytes, Codes, Instant, Pairs

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
NEW = ("webhook_out", "api_answer", "api_token", "return_key", "case_candidate")


def upgrade() -> None:
    """Five tables and three columns; nothing that is there changes."""
    op.add_column("seeker", sa.Column("deputy", sa.Text(), nullable=True))
    op.add_column("seeker", sa.Column("preferences", Pairs(), server_default="[]", nullable=False))
    op.add_column("staff", sa.Column("away_until", sa.Date(), nullable=True))
    _candidates()
    _return_keys()
    _api()
    _webhooks()


def _candidates() -> None:
    op.create_table(
        "case_candidate",
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("seeker_id", BigId, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", Codes(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_candidate_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_case_candidate_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "seeker_id", name="pk_case_candidate"),
    )
    op.create_index("ix_case_candidate_seeker_id", "case_candidate", ["seeker_id"])


def _return_keys() -> None:
    op.create_table(
        "return_key",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("handle_hash", Bytes(), nullable=False),
        sa.Column("seeker_id", BigId, nullable=True),
        sa.Column("address_hash", Bytes(), nullable=False),
        sa.Column("digest", Bytes(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_return_key_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_return_key"),
        sa.UniqueConstraint("handle_hash", name="uq_return_key_handle_hash"),
    )
    op.create_index("ix_return_key_seeker_id", "return_key", ["seeker_id"])
    op.create_index("ix_return_key_created_at", "return_key", ["created_at"])


def _api() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", Bytes(), nullable=False),
        sa.Column("scopes", Codes(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_table(
        "api_answer",
        sa.Column("token_id", BigId, nullable=False),
        sa.Column("key_hash", Bytes(), nullable=False),
        sa.Column("request_hash", Bytes(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_api_answer_token_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_id", "key_hash", name="pk_api_answer"),
    )
    op.create_index("ix_api_answer_created_at", "api_answer", ["created_at"])


def _webhooks() -> None:
    op.create_table(
        "webhook_out",
        sa.Column("seq", BigId, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ready_at", Instant(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_webhook_out"),
    )
    queued = sa.text("state = 'queued'")
    op.create_index(
        "ix_webhook_out_queued", "webhook_out", ["ready_at", "seq"], sqlite_where=queued, postgresql_where=queued
    )


def downgrade() -> None:
    """Without them."""
    for table in NEW:
        op.drop_table(table)
    op.drop_column("staff", "away_until")
    op.drop_column("seeker", "preferences")
    op.drop_column("seeker", "deputy")
