"""a subscription is of a mailbox, however its address is written"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from shared.mailbox import mailbox_of

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Where one mailbox has several subscriptions, the confirmed one or the oldest is it; the others go on as before,
    and end by their links."""
    found = op.get_bind().execute(
        sa.text("select id, email, email_key from intake.subscription order by confirmed_at nulls last, asked_at, id")
    )
    for id, key in _new_keys([tuple(row) for row in found]):
        op.get_bind().execute(
            sa.text("update intake.subscription set email_key = :key where id = :id"), {"id": id, "key": key}
        )


def _new_keys(rows: list[tuple[object, str, str]]) -> Iterable[tuple[object, str]]:
    taken = {key for _, _, key in rows}
    for id, email, old in rows:
        key = mailbox_of(email)
        if key != old and key not in taken:
            taken.add(key)
            yield id, key
