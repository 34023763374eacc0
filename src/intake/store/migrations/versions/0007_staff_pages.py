"""For the pages of staff: second factors, invitations, saved views, who is looking, where a session is used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.store.types import BigId, Bytes, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STAFF = ("totp_sealed", "totp_used", "oidc_subject")
_SESSION = ("seen_at", "method", "agent", "where_from")


def upgrade() -> None:
    """Columns that older rows leave empty, five tables, two indexes."""
    op.add_column("staff", sa.Column("totp_sealed", Bytes(), nullable=True))
    op.add_column("staff", sa.Column("totp_used", sa.BigInteger(), nullable=True))
    op.add_column("staff", sa.Column("oidc_subject", sa.Text(), nullable=True))
    op.add_column("session", sa.Column("seen_at", Instant(), nullable=True))
    op.add_column("session", sa.Column("method", sa.Text(), nullable=False, server_default="password"))
    op.add_column("session", sa.Column("agent", sa.Text(), nullable=False, server_default=""))
    op.add_column("session", sa.Column("where_from", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_staff_oidc_subject", "staff", ["oidc_subject"], unique=True)
    op.create_index("ix_cases_received_at", "cases", ["received_at"])
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    _of_staff(
        "staff_passkey",
        sa.Column("credential_id", Bytes(), nullable=False),
        sa.Column("public_key", Bytes(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.UniqueConstraint("credential_id", name="uq_staff_passkey_credential_id"),
    )
    _of_staff(
        "staff_spare_code",
        sa.Column("code_hash", Bytes(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
    )
    _of_staff(
        "invitation",
        sa.Column("token_hash", Bytes(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    _of_staff(
        "saved_view",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_table(
        "presence",
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_presence_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "staff", name="pk_presence"),
    )
    op.create_index("ix_presence_at", "presence", ["at"])


def _of_staff(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=f"fk_{name}_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_staff_id", name, ["staff_id"])


def downgrade() -> None:
    """Without them."""
    for table in ("presence", "saved_view", "invitation", "staff_spare_code", "staff_passkey"):
        op.drop_table(table)
    op.drop_index("ix_cases_closed_at", "cases")
    op.drop_index("ix_cases_received_at", "cases")
    op.drop_index("ix_staff_oidc_subject", "staff")
    for table, columns in (("session", _SESSION), ("staff", _STAFF)):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
