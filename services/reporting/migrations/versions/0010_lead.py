"""whose relay leads, and until when"""

from shared.kernel_revisions import lead

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lead("reporting")
