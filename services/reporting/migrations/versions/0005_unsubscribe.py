"""where a mail program unsubscribes its reader"""

from shared.kernel_revisions import mail_unsubscribe

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mail_unsubscribe("reporting")
