"""waiting, declined and withdrawn applications, and agreements signed"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("waitlisted_on", "declined_on", "withdrawn_on", "agreed_on"):
        op.add_column("case", sa.Column(name, sa.Date(), nullable=True), schema="reporting")
