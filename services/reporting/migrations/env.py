"""Migrations of reporting's own schema, run with its own role."""

import os

import reporting.instruments.tables
import reporting.pipeline.tables
import reporting.programmes.tables  # noqa: F401
from reporting.schema import metadata
from shared.migrations import run_migrations

run_migrations(metadata, os.environ.get("REPORTING_DATABASE_URL"))
