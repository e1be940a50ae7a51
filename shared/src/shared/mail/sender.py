"""Sends what the outbox owes, once each e-mail is due and the mail server answers."""

import asyncio
from datetime import timedelta

import structlog

from shared.database import Database
from shared.events.supervision import jittered, wait_for
from shared.mail import owed
from shared.mail.composing import Composer
from shared.mail.owed import Attempt
from shared.mail.server import MailServer, NotSent, Session, Silent
from shared.mail.settings import MailSettings
from shared.mail.standing import ServerState, note_standing
from shared.monitoring import numbers
from shared.outages import is_outage
from shared.telemetry import tracer
from shared.translations import Catalogue
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for e-mails that are due."""
ASK_EVERY = 60.0
"""Seconds after which the mail server is asked whether it answers though nothing is due."""
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds after which a silent mail server is tried again: twice as long each time. No e-mail's attempt is counted."""


class MailSender:
    """Runs in a service's worker until `stop` is set. Several workers can: an e-mail is locked while it is sent.

    An e-mail is handed over at least once. Only when the worker ends between the mail server's yes and the mark of it
    is it sent again, under the same `Message-ID`, so that mailboxes can tell.
    """

    def __init__(self, *, database: Database, settings: MailSettings, catalogue: Catalogue) -> None:
        self._database = database
        self._composer = Composer(
            catalogue=catalogue, sender=settings.sender_address(), home=settings.home_of(database.service)
        )
        address = settings.server_address()
        self._server = None if address is None else MailServer(address)
        self._pause = SHORTEST_PAUSE
        self._asked_at: float | None = None
        self._broken_off: Attempt | None = None
        """A counted attempt that the database has broken off: it goes on when that answers again."""
        self._taken: Attempt | None = None
        """The last attempt whose e-mail the mail server has taken: should its mark fail, only that is made up for."""

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again; without a mail server say so and wait. Raises when the database is lost; the caller
        runs it again."""
        if self._server is None:
            await self._note(ServerState.UNSET)
            await stop.wait()
            return
        while not stop.is_set():
            pause = await self._turn(self._server, stop)
            await wait_for(stop, pause)

    async def _turn(self, server: MailServer, stop: asyncio.Event) -> float:
        """Send what is due, if the mail server answers; returns how many seconds to wait until the next turn."""
        if not await self._is_worth_a_connection():
            return LOOK_EVERY
        self._asked_at = _monotonic()
        try:
            async with server.session() as session:
                await self._note(ServerState.ANSWERS)
                self._pause = SHORTEST_PAUSE
                while not stop.is_set() and await self.send_next(session):
                    pass
        except Silent as silent:
            await self._note(ServerState.SILENT, str(silent))
            log.warning("mail server is silent", reason=str(silent))
            pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
            return jittered(timedelta(seconds=pause)).total_seconds()
        return LOOK_EVERY

    async def send_next(self, session: Session) -> bool:
        """Try the e-mail that has been due longest; tells whether to go on with this connection."""
        attempt = self._broken_off or await self._begin()
        self._broken_off = None
        if attempt is None:
            return False
        try:
            return await self._carry_out(session, attempt)
        except Exception as error:
            self._broken_off = attempt if is_outage(error) else None
            raise

    async def _begin(self) -> Attempt | None:
        async with self._database.work() as work:
            attempt = await owed.begin_next(work)
            await work.commit()
        return attempt

    async def _carry_out(self, session: Session, attempt: Attempt) -> bool:
        with tracer.start_as_current_span("send mail", attributes={"praksis.mail.id": str(attempt.mail_id)}):
            try:
                await self._try(session, attempt)
            except NotSent as failure:
                return not failure.hung_up
        return True

    async def _try(self, session: Session, attempt: Attempt) -> None:
        async with self._database.work() as work:
            try:
                mail = await owed.lock_owed(work, attempt)
                if mail is None:
                    return
                message, envelope = self._composer.compose(mail), self._composer.envelope(mail)
            except (LookupError, TypeError, ValueError) as error:
                await self._failed(work, attempt, NotSent(type(error).__name__, permanent=True))
                return
            if attempt != self._taken:
                try:
                    await session.send(message, envelope)
                except NotSent as failure:
                    await self._failed(work, attempt, failure)
                    raise
            self._taken = attempt
            await owed.mark_sent(work, mail)
            await work.commit()
        numbers.mail_sent(self._database.service)
        log.info("mail sent", mail_id=str(attempt.mail_id), attempt=attempt.number)

    async def _failed(self, work: UnitOfWork, attempt: Attempt, failure: NotSent) -> None:
        await owed.mark_failed(work, attempt.mail_id, str(failure), permanent=failure.permanent)
        await work.commit()
        numbers.mail_failed(self._database.service)
        log.warning("mail not sent", mail_id=str(attempt.mail_id), attempt=attempt.number, reason=str(failure))

    async def _is_worth_a_connection(self) -> bool:
        if self._broken_off or self._asked_at is None or _monotonic() - self._asked_at >= ASK_EVERY:
            return True
        async with self._database.work() as work:
            return await owed.anything_due(work)

    async def _note(self, state: ServerState, reason: str | None = None) -> None:
        async with self._database.work() as work:
            await note_standing(work, state, reason)
            await work.commit()


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
