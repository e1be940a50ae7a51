"""Applies the retention limits of a service, and creates the parts of its log for the coming months."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from shared.database import Database
from shared.events.supervision import wait_for
from shared.retention.months import Month, months_before, months_to_drop, months_to_part
from shared.retention.parts import LogInUse, Parts, Unsent, when_free
from shared.retention.records import count_older, delete_older, recorded_now
from shared.settings import RetentionSettings
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_EVERY = 24 * 3600.0
"""Seconds between checks whether the coming months have their parts."""
TRY_AGAIN_AFTER = 600.0
"""Seconds until the next check when the log was in use."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What retention has changed, or would change."""

    made: Mapping[Month, int]
    """The parts that were created, with the number of events that were moved there."""
    dropped: tuple[Month, ...]
    left: Mapping[Month, Unsent]
    """The parts that are old enough to be dropped, and must stay because of unsent events."""
    received: int
    """Deleted records of received events."""
    answers: int
    """Deleted answers to requests."""
    mails: int
    """Deleted e-mails that had been sent."""


class Retention:
    """The retention of one service. Several processes may run it at once."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._parts = Parts(database)

    async def run(self, stop: asyncio.Event) -> None:
        """Create parts ahead of time, once a day; delete nothing. Raises when the database is lost; the caller runs it
        again."""
        while not stop.is_set():
            is_ready = await self.look_ahead()
            await wait_for(stop, LOOK_EVERY if is_ready else TRY_AGAIN_AFTER)

    async def look_ahead(self) -> bool:
        """Create the missing parts; returns False if the log was in use. Events without a part of their month go to the
        default part."""
        try:
            made = await self.make_parts()
        except LogInUse:
            log.warning("parts of the log not made, since it is in use")
            return False
        if made:
            log.info("parts of the log made", parts=[month.part for month in made], moved=sum(made.values()))
        return True

    async def make_parts(self) -> Mapping[Month, int]:
        """Create the missing parts; returns how many events were moved to each. Raises `LogInUse`."""
        async with self._database.work() as work:
            missing = await self._to_make(work)
        made = {}
        for month in missing:
            moved = await when_free(partial(self._parts.make, month))
            if moved is not None:
                made[month] = moved
        return made

    async def carry_out(self, keep: RetentionSettings) -> Outcome:
        """Delete what is older than its limit, and create the missing parts. Raises `LogInUse`."""
        tables = self._database.tables
        async with self._database.work() as work:
            now = await recorded_now(work)
        received = await delete_older(self._database, tables.received.c.received_at, _received_limit(now, keep))
        answers = await delete_older(self._database, tables.answer.c.created_at, _answers_limit(now, keep))
        mails = await delete_older(self._database, tables.mail.c.sent_at, _mails_limit(now, keep))
        made = await self.make_parts()
        async with self._database.work() as work:
            old = months_to_drop(work.now, await self._parts.months(work), keep.log_months)
        dropping = {month: await when_free(partial(self._parts.drop, month)) for month in old}
        return _outcome(made, dropping, received, answers, mails)

    async def foresee(self, keep: RetentionSettings) -> Outcome:
        """What `carry_out` would do now (dry run). Changes nothing and takes no locks that others wait for."""
        tables = self._database.tables
        async with self._database.work() as work:
            make = await self._to_make(work)
            months = await self._parts.months(work) | make.keys()
            old = months_to_drop(work.now, months, keep.log_months)
            dropping = {month: await self._parts.unsent(work, month) for month in old}
            now = await recorded_now(work)
            received = await count_older(work, tables.received.c.received_at, _received_limit(now, keep))
            answers = await count_older(work, tables.answer.c.created_at, _answers_limit(now, keep))
            mails = await count_older(work, tables.mail.c.sent_at, _mails_limit(now, keep))
        return _outcome(make, dropping, received, answers, mails)

    async def _to_make(self, work: UnitOfWork) -> Mapping[Month, int]:
        unparted = await self._parts.unparted(work)
        months = months_to_part(work.now, await self._parts.months(work), unparted.keys())
        return {month: unparted.get(month, 0) for month in months}


def _outcome(
    made: Mapping[Month, int], dropping: Mapping[Month, Unsent], received: int, answers: int, mails: int
) -> Outcome:
    left = {month: unsent for month, unsent in dropping.items() if unsent}
    return Outcome(made, tuple(month for month in dropping if month not in left), left, received, answers, mails)


def _received_limit(now: datetime, keep: RetentionSettings) -> datetime:
    return months_before(now, keep.received_months)


def _answers_limit(now: datetime, keep: RetentionSettings) -> datetime:
    return now - timedelta(days=keep.answers_days)


def _mails_limit(now: datetime, keep: RetentionSettings) -> datetime:
    return now - timedelta(days=keep.mail_days)
