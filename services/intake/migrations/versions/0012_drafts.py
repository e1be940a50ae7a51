"""applications that are still being written"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("programme", AutoString(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("owner", AutoString(), nullable=False),
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by", AutoString(), nullable=False),
        sa.Column("link_hash", AutoString(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_draft_link_hash")),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_draft_round_id")),
        schema="intake",
    )
    op.create_index(op.f("ix_draft_owner"), "draft", ["owner"], schema="intake")
    op.create_index(op.f("ix_draft_changed_at"), "draft", ["changed_at"], schema="intake")
    op.create_table(
        "draft_writer",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "subject", name=op.f("pk_draft_writer")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["intake.draft.id"], name=op.f("fk_draft_writer_draft_id"), ondelete="CASCADE"
        ),
        schema="intake",
    )
    op.create_index(op.f("ix_draft_writer_subject"), "draft_writer", ["subject"], schema="intake")
    partners = sa.Column("partners", JSONB(), server_default="[]", nullable=False)
    op.add_column("application", partners, schema="intake")
    op.alter_column("application", "partners", server_default=None, schema="intake")
