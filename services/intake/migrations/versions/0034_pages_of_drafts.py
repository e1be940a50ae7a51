"""which page has written a field of a draft last"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("pages", JSONB(), server_default="{}", nullable=False), schema="intake")
