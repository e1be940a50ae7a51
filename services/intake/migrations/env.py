"""Migrations of intake's own schema, run with its own role."""

import os

import intake.agreements.tables
import intake.applications.tables
import intake.capacity.tables
import intake.organisations.tables
import intake.programmes.tables
import intake.rounds.tables
import intake.substitutions.tables  # noqa: F401
from intake.schema import metadata
from shared.migrations import run_migrations

run_migrations(metadata, os.environ.get("INTAKE_DATABASE_URL"))
