"""whose relay leads, and until when"""

from shared.kernel_revisions import lead

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lead("intake")
