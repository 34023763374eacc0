"""Cases of one person by id, and those that are open: a message costs the same after thousands of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('review', 'awaiting_proof', 'scheduled')")
_FAILED = sa.text("state = 'failed'")


def upgrade() -> None:
    """In order of arrival where there was none; PostgreSQL sorted all of somebody's cases to find the newest."""
    op.drop_index("ix_cases_seeker_id", "cases")
    op.drop_index("ix_cases_sender_hash", "cases")
    op.create_index("ix_cases_seeker_id_id", "cases", ["seeker_id", "id"])
    op.create_index("ix_cases_sender_hash_id", "cases", ["sender_hash", "id"])
    op.create_index("ix_cases_open_of_seeker", "cases", ["seeker_id", "state", "hold_reason", "policy"],
                    sqlite_where=_OPEN, postgresql_where=_OPEN)  # fmt: skip
    op.create_index("ix_webhook_out_failed", "webhook_out", ["seq"], sqlite_where=_FAILED, postgresql_where=_FAILED)


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_webhook_out_failed", "webhook_out")
    for name in ("ix_cases_open_of_seeker", "ix_cases_sender_hash_id", "ix_cases_seeker_id_id"):
        op.drop_index(name, "cases")
    op.create_index("ix_cases_sender_hash", "cases", ["sender_hash"])
    op.create_index("ix_cases_seeker_id", "cases", ["seeker_id"])
