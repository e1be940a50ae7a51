"""Brings what intake keeps to its limits: `python -m intake.retention`."""

from datetime import timedelta

from intake.attachments.folder import AttachmentFolder
from intake.attachments.forgetting import sweep
from intake.confirmations.commands import forget_lapsed
from intake.drafts.forgetting import forget_old_drafts
from intake.enquiries.forgetting import forget_addresses
from intake.gatherings.queries import over_before
from intake.interests.forgetting import forget_interests
from intake.newsletter.decisions import DAYS_TO_CONFIRM
from intake.newsletter.forgetting import forget_links, forget_unconfirmed
from intake.registrations.forgetting import forget_needs, forget_people
from intake.schema import tables
from intake.settings import IntakeSettings
from shared.database import Database
from shared.office import office_date
from shared.retention import command
from shared.retention.months import months_before
from shared.work import UnitOfWork


async def _drafts(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    return await forget_old_drafts(database, settings.keep_drafts_months, dry_run=dry_run)


async def _files(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    return await sweep(database, AttachmentFolder(settings.attachments), dry_run=dry_run)


async def _needs(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        limit = office_date(work.now) - timedelta(days=settings.keep_needs_days)
        count = await forget_needs(work, await over_before(work, limit))
        return await _done(work, count, dry_run)


async def _people(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        limit = office_date(months_before(work.now, settings.keep_attendees_months))
        count = await forget_people(work, await over_before(work, limit))
        return await _done(work, count, dry_run)


async def _interests(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        left_before = months_before(work.now, settings.keep_attendees_months)
        count = await forget_interests(work, left_before, months_before(work.now, settings.keep_interests_months))
        return await _done(work, count, dry_run)


async def _addresses(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        limit = months_before(work.now, settings.keep_enquiry_addresses_months)
        return await _done(work, await forget_addresses(work, limit), dry_run)


async def _subscriptions(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        return await _done(work, await forget_unconfirmed(work, work.now - timedelta(days=DAYS_TO_CONFIRM)), dry_run)


async def _unconfirmed(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        return await _done(work, await forget_lapsed(work), dry_run)


async def _links(database: Database, settings: IntakeSettings, dry_run: bool) -> int:
    async with database.work() as work:
        return await _done(work, await forget_links(work, months_before(work.now, settings.keep_links_months)), dry_run)


async def _done(work: UnitOfWork, count: int, dry_run: bool) -> int:
    if not dry_run:
        await work.commit()
    return count


OWN = {
    "needs of attendees": _needs,
    "names of attendees": _people,
    "names on interest lists": _interests,
    "addresses on questions": _addresses,
    "unconfirmed subscriptions": _subscriptions,
    "unconfirmed registrations": _unconfirmed,
    "old links to subscriptions": _links,
    "unsent drafts": _drafts,
    "files without an attachment": _files,
}
"""What intake deletes beside what every service deletes; files last, since drafts leave some behind."""


def main() -> None:
    """Do what the command line says, once."""
    command.main("intake", tables, IntakeSettings, own=OWN)


if __name__ == "__main__":
    main()
