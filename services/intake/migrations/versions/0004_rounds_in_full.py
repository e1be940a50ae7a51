"""rounds that are extended, and codes for those who come late"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("version", sa.Integer(), nullable=False, server_default="1"), schema="intake")
    op.create_table(
        "round_extension",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("was", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("given_by", AutoString(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_round_extension_round_id")),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_round_extension")),
        schema="intake",
    )
    op.create_table(
        "late_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", AutoString(), nullable=False),
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("given_by", AutoString(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_late_entry_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_late_entry_code_hash")),
        schema="intake",
    )
    op.create_index(op.f("ix_late_entry_round_id"), "late_entry", ["round_id"], schema="intake")
    op.add_column("application", sa.Column("late_entry_id", sa.Uuid(), nullable=True), schema="intake")
    op.create_foreign_key(
        op.f("fk_application_late_entry_id"),
        "application",
        "late_entry",
        ["late_entry_id"],
        ["id"],
        source_schema="intake",
        referent_schema="intake",
    )
    op.create_unique_constraint(op.f("uq_application_late_entry_id"), "application", ["late_entry_id"], schema="intake")
