"""interest lists, and the offers made from them"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", AutoString(), nullable=False),
        sa.Column("form", AutoString(), nullable=True),
        sa.Column("topic", AutoString(), nullable=True),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("audience", AutoString(), nullable=True),
        sa.Column("municipality", AutoString(), nullable=True),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        schema="intake",
    )
    op.create_index(op.f("ix_interest_programme"), "interest", ["programme"], schema="intake")
    op.create_table(
        "interest_link",
        sa.Column("token_hash", AutoString(), nullable=False),
        sa.Column("interest_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["interest_id"], ["intake.interest.id"], name=op.f("fk_interest_link_interest_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_interest_link")),
        schema="intake",
    )
    op.create_index(op.f("ix_interest_link_interest_id"), "interest_link", ["interest_id"], schema="intake")
    announced_at = sa.Column("announced_at", UTCDateTime(), nullable=False, server_default=sa.func.now())
    op.add_column("cohort", announced_at, schema="intake")
    op.alter_column("cohort", "announced_at", server_default=None, schema="intake")
    op.add_column("registration", sa.Column("interest_id", sa.Uuid(), nullable=True), schema="intake")
    op.add_column("registration", sa.Column("answer_by", UTCDateTime(), nullable=True), schema="intake")
    op.create_index(op.f("ix_registration_interest_id"), "registration", ["interest_id"], schema="intake")
    op.create_foreign_key(
        op.f("fk_registration_interest_id"),
        "registration",
        "interest",
        ["interest_id"],
        ["id"],
        source_schema="intake",
        referent_schema="intake",
    )
