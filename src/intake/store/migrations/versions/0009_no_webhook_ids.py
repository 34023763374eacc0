"""Without the table of webhook ids: nothing ever read it, and the inbox's digest is what tells a repeated one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table and three entries a webhook less; a sender's own ids are no longer kept in plain."""
    op.drop_table("webhook_id")


def downgrade() -> None:
    """The table as it was; what stood in it is not needed by an older version either."""
    op.create_table(
        "webhook_id",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_webhook_id"),
    )
    op.create_index("ix_webhook_id_message_id", "webhook_id", ["message_id"])
