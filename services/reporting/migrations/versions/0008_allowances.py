"""how much of each limit is used up"""

from shared.kernel_revisions import allowances

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    allowances("reporting")
