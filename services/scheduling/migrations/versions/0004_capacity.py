"""hours of consultants, and the newest forecast of capacity"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("hours_per_month", "100"), ("version", "1")):
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("consultant", column, schema="scheduling")
        op.alter_column("consultant", name, server_default=None, schema="scheduling")
    op.create_table(
        "forecast",
        sa.Column("corps", AutoString(), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("forecast", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("corps", name=op.f("pk_forecast")),
        schema="scheduling",
    )
