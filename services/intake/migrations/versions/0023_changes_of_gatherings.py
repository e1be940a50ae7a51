"""gatherings that change after they have been announced, their hours, and what they were before"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cohort", sa.Column("begins", sa.Time(), nullable=True), schema="intake")
    op.add_column("cohort", sa.Column("ends", sa.Time(), nullable=True), schema="intake")
    op.add_column("cohort_group", sa.Column("removed_at", UTCDateTime(), nullable=True), schema="intake")
    known = sa.Column("cohort_version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("registration", known, schema="intake")
    op.alter_column("registration", "cohort_version", server_default=None, schema="intake")
    op.create_table(
        "cohort_change",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("was", postgresql.JSONB(), nullable=False),
        sa.Column("became", postgresql.JSONB(), nullable=False),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("made_by", AutoString(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["intake.cohort.id"], name=op.f("fk_cohort_change_cohort_id")),
        sa.PrimaryKeyConstraint("cohort_id", "version", name=op.f("pk_cohort_change")),
        schema="intake",
    )
