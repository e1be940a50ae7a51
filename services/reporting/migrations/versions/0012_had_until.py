"""up to when the service is known to have had what the log holds for it"""

from shared.kernel_revisions import had_until

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    had_until("reporting")
