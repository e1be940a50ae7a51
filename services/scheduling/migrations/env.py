"""Migrations of scheduling's own schema, run with its own role."""

import scheduling.consultants.tables
import scheduling.courses.tables
import scheduling.programmes.tables  # noqa: F401
from scheduling.schema import metadata
from scheduling.settings import SchedulingSettings
from shared.migrations import run_migrations

run_migrations(metadata, SchedulingSettings().database_url.get_secret_value())
