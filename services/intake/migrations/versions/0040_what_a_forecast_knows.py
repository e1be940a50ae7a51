"""which courses the newest forecast knows, and which it cannot know, stands beside it"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("capacity_forecast", "forecast", nullable=True, schema="intake")
    op.drop_column("capacity_forecast", "as_of", schema="intake")
    op.execute(
        "insert into intake.capacity_forecast (corps) select 'corps'"
        " where exists (select from intake.opened_course) on conflict do nothing"
    )
    for name, which in (("counted", "counted"), ("uncounted", "not counted")):
        op.add_column("capacity_forecast", sa.Column(name, sa.ARRAY(sa.Uuid()), nullable=True), schema="intake")
        op.execute(
            f"update intake.capacity_forecast set {name} ="  # noqa: S608 (our own names)
            f" array(select application_id from intake.opened_course where {which} order by 1)"
        )
        op.alter_column("capacity_forecast", name, nullable=False, schema="intake")
    op.drop_table("opened_course", schema="intake")
