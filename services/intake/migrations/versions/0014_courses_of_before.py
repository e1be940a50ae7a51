"""what was accepted before there were agreements has its course already"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("update intake.application set status = 'agreed' where status = 'accepted'")
