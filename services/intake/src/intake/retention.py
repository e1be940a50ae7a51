"""Brings what intake keeps to its limits: `python -m intake.retention`."""

from intake.attachments.folder import AttachmentFolder
from intake.attachments.sweeping import sweep
from intake.drafts.forgetting import forget_old_drafts
from intake.schema import tables
from intake.settings import IntakeSettings
from shared.database import Database
from shared.retention import command


async def _drafts(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    return await forget_old_drafts(database, settings.keep_drafts_months, dry_run=dry_run)


async def _files(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    return await sweep(database, AttachmentFolder(settings.attachments), dry_run=dry_run)


OWN = {"unsent drafts": _drafts, "files without an attachment": _files}
"""What intake deletes beside what every service deletes; files last, since drafts leave some behind."""


def main() -> None:
    """Do what the command line says, once."""
    command.main("intake", tables, IntakeSettings, own=OWN)


if __name__ == "__main__":
    main()
