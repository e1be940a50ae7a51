"""sessions that were ended before their time"""

from shared.kernel_revisions import ended_sessions

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ended_sessions("scheduling")
