"""to whom the office writes, and on what data the daycares were chosen"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("contact_name", "contact_email", "contact_language"):
        op.add_column("application", sa.Column(name, AutoString(), nullable=True), schema="intake")
    op.add_column("participating_daycare", sa.Column("vulnerable_share", sa.Integer(), nullable=True), schema="intake")
    for name in ("trigger", "inspections"):
        op.add_column("participating_daycare", sa.Column(name, AutoString(), nullable=True), schema="intake")
