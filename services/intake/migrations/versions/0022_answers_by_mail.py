"""where the answer to a question is sent"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("email", "language"):
        op.add_column("enquiry", sa.Column(name, AutoString(), nullable=True), schema="intake")
