"""Migrations of intake's own schema, run with its own role."""

import intake.applications.tables
import intake.organisations.tables
import intake.programmes.tables
import intake.rounds.tables  # noqa: F401
from intake.schema import metadata
from intake.settings import IntakeSettings
from shared.migrations import run_migrations

run_migrations(metadata, IntakeSettings().database_url.get_secret_value())
