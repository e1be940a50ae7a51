"""up to when the service is known to have had what the log holds for it"""

from shared.kernel_revisions import had_until

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    had_until("intake")
