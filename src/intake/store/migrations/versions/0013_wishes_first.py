"""Somebody's open wishes before their open questions, of which anybody may send thousands in their name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAME = "ix_cases_open_of_seeker"
_OPEN = sa.text("state IN ('review', 'awaiting_proof', 'scheduled')")
_BEFORE = ["seeker_id", "state", "hold_reason", "policy"]


def upgrade() -> None:
    """The index knows what is asked, so that the order costs no look at the rows."""
    op.drop_index(_NAME, "cases")
    op.create_index(_NAME, "cases", [*_BEFORE, "request"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """As it was."""
    op.drop_index(_NAME, "cases")
    op.create_index(_NAME, "cases", _BEFORE, sqlite_where=_OPEN, postgresql_where=_OPEN)
