"""the log by month, timers, partitions"""

from shared.kernel_revisions import log_by_month

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    log_by_month("intake")
