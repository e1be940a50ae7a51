"""a subscription is of a mailbox, however its address is written: revision 0035 sees to it

What stood here gave one of several subscriptions of a mailbox its new key and left the others theirs, with which they
could not be saved any more. 0035 mends that, and does the whole for whoever has not been here yet.
"""

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing."""
