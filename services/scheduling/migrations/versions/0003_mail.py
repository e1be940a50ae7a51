"""e-mails that the service owes"""

from shared.kernel_revisions import mail

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mail("scheduling")
