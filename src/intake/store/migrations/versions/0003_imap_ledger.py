"""What became of each mail on the IMAP servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import Bytes, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table, an index for mails seen before, one for mails still to be flagged."""
    op.create_table(
        "imap_ledger",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", Bytes(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", name="pk_imap_ledger"),
    )
    op.create_index("ix_imap_ledger_hash", "imap_ledger", ["hash"])
    kept = sa.text("state = 'kept'")
    op.create_index(
        "ix_imap_ledger_kept", "imap_ledger", ["account", "folder"], sqlite_where=kept, postgresql_where=kept
    )


def downgrade() -> None:
    """Without the ledger."""
    op.drop_table("imap_ledger")
