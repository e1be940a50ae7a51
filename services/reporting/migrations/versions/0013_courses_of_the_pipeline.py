"""a course of the pipeline stands under its own key, with its phases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("team_assigned_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("stretches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course")),
        sa.UniqueConstraint("application_id", name=op.f("uq_course_application_id")),
        schema="reporting",
    )
    op.execute(
        "insert into reporting.course (course_id, application_id, opened_on, team_assigned_on, completed_on, stretches)"
        " select course_id, application_id, opened_on, team_assigned_on, completed_on, coalesce((select"
        " jsonb_agg(to_jsonb(stretch) - 'course_id' - 'position' order by position)"
        " from reporting.stretch where stretch.course_id = told.course_id), '[]')"
        ' from reporting."case" as told where course_id is not null'
    )
    for column in ("course_id", "opened_on", "team_assigned_on", "completed_on"):
        op.drop_column("case", column, schema="reporting")
    op.drop_table("stretch", schema="reporting")
