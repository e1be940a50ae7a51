"""what somebody has asked for at an address that is not proven yet, and how much of each limit is used up"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from shared.kernel_revisions import allowances

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who has registered or waits already was taken without a proof, and stays."""
    allowances("intake")
    op.create_table(
        "confirmation",
        sa.Column("token_hash", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("about", AutoString(), nullable=False),
        sa.Column("mailbox", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmation")),
        schema="intake",
    )
    op.create_index(op.f("ix_confirmation_about"), "confirmation", ["about"], schema="intake")
    op.create_index(op.f("ix_confirmation_asked_at"), "confirmation", ["asked_at"], schema="intake")
