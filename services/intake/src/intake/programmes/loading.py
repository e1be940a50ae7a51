"""Programmes from files into force, when the worker starts."""

import sys
from pathlib import Path

import structlog
from sqlalchemy import text

from intake.programmes import store
from intake.programmes.decisions import publish_programme
from intake.programmes.files import Mistake, ProgrammeFileError, load_programmes
from intake.programmes.model import Programme
from shared.database import Database
from shared.decision import Decision
from shared.errors import Refused

log = structlog.get_logger(__name__)


def require_programmes(folder: Path) -> None:
    """End the process, saying which line of which file cannot be used, unless all of `folder` can be."""
    try:
        load_programmes(folder)
    except ProgrammeFileError as error:
        sys.exit(str(error))


async def publish_programmes(database: Database, folder: Path) -> None:
    """Publish what is new in `folder`, all or nothing. Raises `ProgrammeFileError`."""
    programmes = load_programmes(folder)
    async with database.work() as work:
        # two workers that start together publish once
        await work.session.execute(text("select pg_advisory_xact_lock(hashtextextended('praksis.programmes', 0))"))
        for programme in programmes:
            published = await store.load_programme(work, programme.slug, programme.version)
            decision = _published(published, programme, folder)
            wanted = work.record(decision)
            if published is None:
                store.add_programme(work, wanted)
            elif decision.events:
                await store.save_programme(work, wanted)
            if decision.events:
                log.info("programme published", programme=programme.slug, version=programme.version)
        await work.commit()


def _published(before: Programme | None, wanted: Programme, folder: Path) -> Decision[Programme]:
    try:
        return publish_programme(before, wanted)
    except Refused as refused:
        advice = "has been published with other content; give what has changed a version of its own"
        message = f"version {wanted.version} of {wanted.slug} {advice}"
        raise ProgrammeFileError([Mistake(folder, None, message)]) from refused
