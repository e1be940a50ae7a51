"""Migrations of reporting's own schema, run with its own role."""

import reporting.instruments.tables
import reporting.pipeline.tables
import reporting.programmes.tables  # noqa: F401
from reporting.schema import metadata
from reporting.settings import ReportingSettings
from shared.migrations import run_migrations

run_migrations(metadata, ReportingSettings().database_url.get_secret_value())
