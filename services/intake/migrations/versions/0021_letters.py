"""letters about decisions, and the PDF of each as it went out"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("theme", AutoString(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("composed_at", UTCDateTime(), nullable=False),
        sa.Column("approved_by", AutoString(), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("way", AutoString(), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("posted_by", AutoString(), nullable=True),
        sa.Column("posted_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["intake.application.id"], name=op.f("fk_letter_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        schema="intake",
    )
    op.create_index(op.f("ix_letter_application_id"), "letter", ["application_id"], schema="intake")
    op.create_index(op.f("ix_letter_status"), "letter", ["status"], schema="intake")
    op.create_table(
        "letter_document",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["intake.letter.id"], name=op.f("fk_letter_document_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_document")),
        schema="intake",
    )
