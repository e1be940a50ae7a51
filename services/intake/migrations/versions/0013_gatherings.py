"""gatherings, and who has registered for them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("programme", AutoString(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("title_da", AutoString(), nullable=False),
        sa.Column("title_en", AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("town", AutoString(), nullable=False),
        sa.Column("address", AutoString(), nullable=False),
        sa.Column("zone", AutoString(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("admits", AutoString(), nullable=False),
        sa.Column("audiences", postgresql.JSONB(), nullable=False),
        sa.Column("form", AutoString(), nullable=True),
        sa.Column("topic", AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        schema="intake",
    )
    op.create_index(op.f("ix_cohort_starts_on"), "cohort", ["starts_on"], schema="intake")
    op.create_table(
        "cohort_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["intake.cohort.id"], name=op.f("fk_cohort_group_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_group")),
        schema="intake",
    )
    op.create_index(op.f("ix_cohort_group_cohort_id"), "cohort_group", ["cohort_id"], schema="intake")
    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("workplace", AutoString(), nullable=True),
        sa.Column("municipality", AutoString(), nullable=True),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["intake.cohort.id"], name=op.f("fk_registration_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        schema="intake",
    )
    op.create_index(op.f("ix_registration_cohort_id"), "registration", ["cohort_id"], schema="intake")
    op.create_table(
        "attendee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("audience", AutoString(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("needs", AutoString(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["intake.registration.id"], name=op.f("fk_attendee_registration_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["intake.cohort_group.id"], name=op.f("fk_attendee_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        schema="intake",
    )
    op.create_index(op.f("ix_attendee_registration_id"), "attendee", ["registration_id"], schema="intake")
    op.create_table(
        "registration_link",
        sa.Column("token_hash", AutoString(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["intake.registration.id"], name=op.f("fk_registration_link_registration_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_registration_link")),
        schema="intake",
    )
    op.create_index(
        op.f("ix_registration_link_registration_id"), "registration_link", ["registration_id"], schema="intake"
    )
