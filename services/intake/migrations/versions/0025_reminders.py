"""who is reminded of a deadline or of a signature, also in rounds and of agreements that are there already"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROUNDS = """
    insert into intake.timer (key, due_at, type, correlation_id, data)
    select 'round/' || id || '/approaching', (deadline - 7 + time '08:00') at time zone zone,
        'dk.praksis.intake.DeadlineApproached.v1', gen_random_uuid(),
        jsonb_build_object('round_id', id, 'programme', programme, 'closes_at', closing.due_at)
    from intake.round join intake.timer as closing on closing.key = 'round/' || id || '/closing'
"""
"""Those that have not closed yet."""
WAITING = """
    update intake.agreement
    set remind_at = ((drafted_at at time zone 'Europe/Copenhagen')::date + 14 + time '08:00')
        at time zone 'Europe/Copenhagen'
    where not exists (
        select from intake.signature where agreement_id = agreement.id and party = 'applicant'
    )
"""
AGREEMENTS = """
    insert into intake.timer (key, due_at, type, correlation_id, data)
    select 'agreement/' || id || '/reminder', remind_at, 'dk.praksis.intake.SignatureAwaited.v1', gen_random_uuid(),
        jsonb_build_object('agreement_id', id, 'application_id', application_id)
    from intake.agreement where remind_at is not null
"""


def upgrade() -> None:
    language = sa.Column("language", AutoString(), server_default="da", nullable=False)
    op.add_column("draft", language, schema="intake")
    op.add_column("draft", sa.Column("reminded_of", sa.Date(), nullable=True), schema="intake")
    op.create_index(op.f("ix_draft_round_id"), "draft", ["round_id"], schema="intake")
    op.add_column("agreement", sa.Column("remind_at", UTCDateTime(), nullable=True), schema="intake")
    for statement in (ROUNDS, WAITING, AGREEMENTS):
        op.execute(statement)
