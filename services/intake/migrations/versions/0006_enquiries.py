"""questions before an application, and the application that came of one"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_by", AutoString(), nullable=False),
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("question", AutoString(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answer", AutoString(), nullable=True),
        sa.Column("answered_by", AutoString(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        schema="intake",
    )
    op.create_index(op.f("ix_enquiry_asked_by"), "enquiry", ["asked_by"], schema="intake")
    op.add_column("application", sa.Column("enquiry_id", sa.Uuid(), nullable=True), schema="intake")
    op.create_foreign_key(
        op.f("fk_application_enquiry_id"),
        "application",
        "enquiry",
        ["enquiry_id"],
        ["id"],
        source_schema="intake",
        referent_schema="intake",
    )
