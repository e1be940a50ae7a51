"""answers are sealed, and of sent e-mails only that they went is kept"""

from shared.kernel_revisions import forget_sent_mail, seal_answers

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    seal_answers("intake")
    forget_sent_mail("intake")
