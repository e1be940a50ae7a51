"""whose relay leads, and until when"""

from shared.kernel_revisions import lead

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lead("scheduling")
