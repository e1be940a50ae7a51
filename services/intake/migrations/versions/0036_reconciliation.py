"""how far log and receipts have been compared"""

from shared.kernel_revisions import reconciliation

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reconciliation("intake")
