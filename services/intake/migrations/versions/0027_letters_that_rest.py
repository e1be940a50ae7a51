"""who has decided that a letter need not go out, and why"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letter", sa.Column("discarded_by", AutoString(), nullable=True), schema="intake")
    op.add_column("letter", sa.Column("discarded_at", UTCDateTime(), nullable=True), schema="intake")
    op.add_column("letter", sa.Column("discard_reason", AutoString(), nullable=True), schema="intake")
