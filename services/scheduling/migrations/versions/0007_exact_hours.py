"""hours of consultants that are not whole"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("consultant", "hours_per_month", type_=sa.Numeric(), schema="scheduling")
