"""decisions that are prepared one by one and told all together"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_desk",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_release_desk_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_release_desk")),
        schema="intake",
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("released_by", AutoString(), nullable=False),
        sa.Column("released_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_release_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        schema="intake",
    )
    op.create_index(op.f("ix_release_round_id"), "release", ["round_id"], schema="intake")
    op.create_table(
        "prepared_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("application_version", sa.Integer(), nullable=False),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("prepared_by", AutoString(), nullable=False),
        sa.Column("prepared_at", UTCDateTime(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["intake.round.id"], name=op.f("fk_prepared_decision_round_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["intake.application.id"], name=op.f("fk_prepared_decision_application_id")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["intake.release.id"], name=op.f("fk_prepared_decision_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_decision")),
        schema="intake",
    )
    op.create_index(op.f("ix_prepared_decision_round_id"), "prepared_decision", ["round_id"], schema="intake")
    op.create_index(op.f("ix_prepared_decision_release_id"), "prepared_decision", ["release_id"], schema="intake")
    op.create_index(
        "uq_prepared_decision_application_id",
        "prepared_decision",
        ["application_id"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("release_id is null"),
    )
