"""hours and percent that are not whole"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ("application", "hours"),
        ("agreement", "hours"),
        ("participating_daycare", "vulnerable_share"),
    ):
        op.alter_column(table, column, type_=sa.Numeric(), schema="intake")
