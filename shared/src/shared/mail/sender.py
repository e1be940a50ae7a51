"""Sends the e-mails of the outbox, when they are due and the mail server answers."""

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
"""Seconds between looks for due e-mails."""
ASK_EVERY = 60.0
"""Seconds after which the mail server is contacted though no e-mail is due, to know whether it answers."""
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Backoff in seconds while the mail server does not answer: doubled each time. It counts as no attempt of any
e-mail."""


class MailSender:
    """Runs in a service's worker until `stop` is set; several workers may run it: an e-mail's row is locked while it is
    sent.

    Delivery is at least once: an e-mail is sent again only if the worker ends after the mail server accepted it and
    before it was marked. It then has the same `Message-ID`, by which mailboxes can deduplicate.
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
        """A counted attempt that an outage of the database interrupted; it is continued afterwards."""
        self._taken: Attempt | None = None
        """The last attempt whose e-mail the mail server accepted: if marking it failed, only the mark is repeated."""

    async def run(self, stop: asyncio.Event) -> None:
        """Send due e-mails again and again; without a configured mail server, note that and wait. Raises when the
        database is lost; the caller runs it again."""
        if self._server is None:
            await self._note(ServerState.UNSET)
            await stop.wait()
            return
        while not stop.is_set():
            pause = await self._turn(self._server, stop)
            await wait_for(stop, pause)

    async def _turn(self, server: MailServer, stop: asyncio.Event) -> float:
        """Send the e-mails that are due, if the mail server answers; returns the seconds to wait until the next
        turn."""
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
        """Try the e-mail that has been due longest; returns whether to go on with this connection."""
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
