"""what the service has received is kept with what it said"""

from shared.kernel_revisions import journal

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    journal("intake")
