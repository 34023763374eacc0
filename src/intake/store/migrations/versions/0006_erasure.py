"""Erasures with their steps, fields held by a duty, notices given; the register sealed under a key per seeker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import BigId, Bytes, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four tables and two columns. Rows of the register are sealed afterwards, by whoever has the keys."""
    op.add_column("seeker", sa.Column("key_id", sa.BigInteger(), nullable=True))
    op.add_column("seeker", sa.Column("sealed", Bytes(), nullable=True))
    op.create_index("ix_seeker_key_id", "seeker", ["key_id"])
    op.create_table(
        "erasure",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("figures", sa.Text(), server_default="{}", nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasure_seeker_id", "erasure", ["seeker_id"])
    op.create_table(
        "held",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("erasure_id", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_until", "held", ["until"])
    op.create_table(
        "retention_notice",
        sa.Column("seeker_id", BigId, autoincrement=False, nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_retention_notice_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seeker_id", name="pk_retention_notice"),
    )
    op.create_table(
        "retention_part",
        sa.Column("seeker_id", BigId, autoincrement=False, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["seeker_id"], ["seeker.id"], name="fk_retention_part_seeker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seeker_id", "data", name="pk_retention_part"),
    )


def downgrade() -> None:
    """Without them. A register that is sealed by then cannot be read by the older code."""
    op.drop_table("retention_part")
    op.drop_table("retention_notice")
    op.drop_table("held")
    op.drop_table("erasure")
    op.drop_index("ix_seeker_key_id", "seeker")
    op.drop_column("seeker", "sealed")
    op.drop_column("seeker", "key_id")
