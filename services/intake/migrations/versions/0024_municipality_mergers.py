"""municipalities that have become part of another, and what applications were submitted under"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Lock and look in one round trip. Each statement of a volatile function sees what has been committed by then: one that
# had to wait for a merger learns of it. In one plain statement the look would be as old as the beginning of the wait.
HOLD = """
create function intake.hold_municipalities(codes text[]) returns boolean language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('praksis.municipality.' || code, 0))
    from (select distinct code from unnest(codes) as code order by code) as held;
    return exists (select from intake.municipality_merger where municipality = any (codes));
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "municipality_merger",
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("merged_into", AutoString(), nullable=False),
        sa.Column("merged_on", sa.Date(), nullable=False),
        sa.Column("noted_by", AutoString(), nullable=False),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_municipality_merger")),
        schema="intake",
    )
    op.execute(HOLD)
    op.add_column("application", sa.Column("applied_as", AutoString(), nullable=True), schema="intake")
