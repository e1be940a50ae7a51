"""what the service has received is kept with what it said"""

from shared.kernel_revisions import journal

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    journal("reporting")
