"""answers are sealed, and of sent e-mails only that they went is kept"""

from shared.kernel_revisions import forget_sent_mail, seal_answers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    seal_answers("scheduling")
    forget_sent_mail("scheduling")
