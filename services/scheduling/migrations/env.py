"""Migrations of scheduling's own schema, run with its own role."""

import os

import scheduling.capacity.tables
import scheduling.consultants.tables
import scheduling.courses.tables
import scheduling.programmes.tables  # noqa: F401
from scheduling.schema import metadata
from shared.migrations import run_migrations

run_migrations(metadata, os.environ.get("SCHEDULING_DATABASE_URL"))
