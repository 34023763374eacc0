"""Which folding of words the search index was made with. An index without cases is as good as a new one; an older one
has no word about it, and is made anew in the background (pipeline/reindex.py)."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = "search.folded"


def upgrade() -> None:
    """Nothing to do anew where there are no cases."""
    op.execute(f"INSERT INTO meta (key, value) SELECT '{KEY}', '2' WHERE NOT EXISTS (SELECT 1 FROM cases)")  # noqa: S608 a constant


def downgrade() -> None:
    """The word, and how far the work had come."""
    op.execute("DELETE FROM meta WHERE key LIKE 'search.fold%'")
