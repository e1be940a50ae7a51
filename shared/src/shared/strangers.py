"""Rate limits for e-mails to unconfirmed addresses, which visitors who have not signed in can cause.

Without limits, a visitor could make us write to any number of people. E-mails are counted by the visitor's network, by
mailbox, and in all. Networks and mailboxes are stored as hashes only, with a key that is in no database and that
changes each day, until they no longer count. What is left of yesterday's allowance is carried over at midnight.
"""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from shared.allowances import take
from shared.errors import NotNow, Text
from shared.limits import Limit, TooOften
from shared.mailbox import mailbox_of
from shared.office import office_date
from shared.settings import KernelSettings
from shared.work import UnitOfWork

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TO_ONE_MAILBOX = Limit("e-mails to a mailbox that nobody has proven", 10, DAY)
EVERYBODY = "everybody"


def of_one_source(settings: KernelSettings) -> Limit:
    """The limit for one network."""
    return Limit("e-mails by a source", settings.stranger_mails_per_source, HOUR)


def of_everybody(settings: KernelSettings) -> Limit:
    """The limit for all of them together, the last safeguard."""
    return Limit("e-mails by strangers", settings.stranger_mails, HOUR)


@dataclass(frozen=True, slots=True)
class Stranger:
    """The source of a request without a session. `key` is the secret for the hashes."""

    network: str
    key: bytes
    per_source: Limit
    altogether: Limit

    async def count(self, work: UnitOfWork) -> None:
        """Count an e-mail that the visitor causes. Raises `too-many-requests`; call it before anything is written."""
        try:
            await take(work, self.per_source, *self._hashes(work, self.network))
        except TooOften as often:
            raise too_often(often, _FROM_HERE) from None
        try:
            await take(work, self.altogether, EVERYBODY)
        except TooOften as often:
            raise too_often(often, _ALTOGETHER) from None

    async def may_write_to(self, work: UnitOfWork, address: str) -> bool:
        """Count an e-mail to an unconfirmed mailbox; returns whether it may be sent. The visitor is not told: it would
        say that others have asked for that mailbox, too."""
        try:
            await take(work, TO_ONE_MAILBOX, *self._hashes(work, mailbox_of(address)))
        except TooOften:
            return False
        return True

    def _hashes(self, work: UnitOfWork, value: str) -> tuple[str, str]:
        """The hashes of a network or mailbox for today and for yesterday."""
        today = office_date(work.now)
        return self._hash(today, value), self._hash(today - timedelta(days=1), value)

    def _hash(self, day: date, value: str) -> str:
        return hmac.digest(self.key, f"{day}\n{value}".encode(), "sha256").hex()


_FROM_HERE = Text(
    "So many e-mails have been asked for from where you are that you have to wait {minutes} minutes."
    " What you have written is still here."
)
_ALTOGETHER = Text(
    "So many people write to us at the moment that you have to wait {minutes} minutes. What you have written is still"
    " here."
)


def too_often(often: TooOften, sentence: Text) -> NotNow:
    """The refusal when a limit has been reached, with the time to wait in its sentence."""
    minutes = max(1, ceil(often.wait.total_seconds() / 60))
    return NotNow("too-many-requests", often.wait, Text(sentence.message, {"minutes": minutes}))
