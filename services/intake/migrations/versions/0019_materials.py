"""what is sent before and after gatherings, and whose plan has come in"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration", sa.Column("follow_up_on", sa.Date(), nullable=True), schema="intake")
    op.create_table(
        "material",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("file_name", AutoString(), nullable=True),
        sa.Column("file_type", AutoString(), nullable=True),
        sa.Column("file_content", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["intake.cohort.id"], name=op.f("fk_material_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("cohort_id", "kind", name=op.f("uq_material_cohort_id")),
        schema="intake",
    )
    op.create_table(
        "material_receipt",
        sa.Column("material_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["intake.material.id"], name=op.f("fk_material_receipt_material_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["intake.registration.id"], name=op.f("fk_material_receipt_registration_id")
        ),
        sa.PrimaryKeyConstraint("material_id", "registration_id", name=op.f("pk_material_receipt")),
        schema="intake",
    )
