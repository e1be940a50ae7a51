"""daycares that take the place of others after the award, with the days on which they joined and left"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("joined_on", "left_on"):
        op.add_column("participating_daycare", sa.Column(name, sa.Date(), nullable=True), schema="intake")
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("joined_id", sa.Uuid(), nullable=False),
        sa.Column("was_over", sa.Boolean(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("made_by", AutoString(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["intake.application.id"], name=op.f("fk_substitution_application_id")
        ),
        sa.ForeignKeyConstraint(["left_id"], ["intake.daycare.id"], name=op.f("fk_substitution_left_id")),
        sa.ForeignKeyConstraint(["joined_id"], ["intake.daycare.id"], name=op.f("fk_substitution_joined_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        schema="intake",
    )
    op.create_index(op.f("ix_substitution_application_id"), "substitution", ["application_id"], schema="intake")
