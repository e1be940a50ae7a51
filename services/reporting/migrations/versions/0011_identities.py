"""an event is known by its source and its id together"""

from shared.kernel_revisions import identities

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    identities("reporting")
