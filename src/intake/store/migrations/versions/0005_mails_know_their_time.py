"""What a mail was written for: its thread, its domain, who let it leave, the world it knew; templates by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import Bytes, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = ("domain_hash", "thread_hash", "origin", "newest_message", "seeker_status")
_INDEXES = {
    "ix_outbox_domain_hash_created_at": ["domain_hash", "created_at"],
    "ix_outbox_thread_hash_created_at": ["thread_hash", "created_at"],
    "ix_outbox_created_at": ["created_at"],
}


def upgrade() -> None:
    """Columns that older mails leave empty, indexes for the budgets, one table of wordings."""
    op.add_column("outbox", sa.Column("domain_hash", Bytes(), nullable=True))
    op.add_column("outbox", sa.Column("thread_hash", Bytes(), nullable=True))
    op.add_column("outbox", sa.Column("origin", sa.Text(), nullable=False, server_default="answer"))
    op.add_column("outbox", sa.Column("newest_message", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("seeker_status", sa.Text(), nullable=True))
    for name, columns in _INDEXES.items():
        op.create_index(name, "outbox", columns)
    op.create_table(
        "template_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", "template", name="pk_template_version"),
    )
    op.create_index("ix_template_version_template_at", "template_version", ["template", "at"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("template_version")
    for name in _INDEXES:
        op.drop_index(name, "outbox")
    with op.batch_alter_table("outbox") as batch:
        for column in _COLUMNS:
            batch.drop_column(column)
