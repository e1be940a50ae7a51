"""daycares with CVR number, address, and what has become of them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("daycare", sa.Column("version", sa.Integer(), nullable=False, server_default="1"), schema="intake")
    for name in ("cvr", "street", "postal_code", "city", "ending"):
        op.add_column("daycare", sa.Column(name, sa.String(), nullable=True), schema="intake")
    op.add_column("daycare", sa.Column("ended_on", sa.Date(), nullable=True), schema="intake")
    op.create_table(
        "successor",
        sa.Column("daycare_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["daycare_id"], ["intake.daycare.id"], name=op.f("fk_successor_daycare_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["intake.daycare.id"], name=op.f("fk_successor_successor_id")),
        sa.PrimaryKeyConstraint("daycare_id", "position", name=op.f("pk_successor")),
        schema="intake",
    )
    op.create_index(op.f("ix_successor_successor_id"), "successor", ["successor_id"], schema="intake")
