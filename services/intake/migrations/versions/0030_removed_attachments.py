"""what is on the disk of attachments that were removed"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removed_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", AutoString(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_attachment")),
        schema="intake",
    )
    for table in ("removed_attachment", "attachment"):
        op.create_index(op.f(f"ix_{table}_added_by"), table, ["added_by"], schema="intake")
    op.create_index(
        op.f("ix_removed_attachment_application_id"), "removed_attachment", ["application_id"], schema="intake"
    )
