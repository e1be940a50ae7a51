"""agreements on accepted applications, and their signatures"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("programme", AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("drafted_at", UTCDateTime(), nullable=False),
        sa.Column("drafted_by", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["intake.application.id"], name=op.f("fk_agreement_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("application_id", name=op.f("uq_agreement_application_id")),
        schema="intake",
    )
    op.create_index(op.f("ix_agreement_municipality"), "agreement", ["municipality"], schema="intake")
    op.create_table(
        "signature",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("party", AutoString(), nullable=False),
        sa.Column("signed_by", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("signed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["intake.agreement.id"], name=op.f("fk_signature_agreement_id")),
        sa.PrimaryKeyConstraint("agreement_id", "party", name=op.f("pk_signature")),
        schema="intake",
    )
