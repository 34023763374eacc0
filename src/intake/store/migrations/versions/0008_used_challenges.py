"""Challenges of passkeys that were answered, so that several web processes know it of each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import Bytes, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "used_challenge",
        sa.Column("hash", Bytes(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_used_challenge"),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("used_challenge")
