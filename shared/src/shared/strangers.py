"""E-mails to addresses that nobody has proven, sent because somebody who has not signed in has typed them.

Whoever types addresses could have us write to half a town. So it is counted from where they come, to which mailbox,
and altogether. Where somebody comes from is kept as a hash alone, with a key that is in no database and another one
each day, and only until it does not count any more. At midnight there is what was left of yesterday's allowance.
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
    """How many of these e-mails one source may have us send."""
    return Limit("e-mails by a source", settings.stranger_mails_per_source, HOUR)


def of_everybody(settings: KernelSettings) -> Limit:
    """How many of them we send at all: the last guard."""
    return Limit("e-mails by strangers", settings.stranger_mails, HOUR)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Whoever makes a request without having to say who they are. `key` is the secret that hashes are made with."""

    network: str
    key: bytes
    per_source: Limit
    altogether: Limit

    async def count(self, work: UnitOfWork) -> None:
        """Count an e-mail that they have us send. Raises `too-many-requests`; to be asked before all writing."""
        try:
            await take(work, self.per_source, *self._hashes(work, self.network))
        except TooOften as often:
            raise too_often(often, _FROM_HERE) from None
        try:
            await take(work, self.altogether, EVERYBODY)
        except TooOften as often:
            raise too_often(often, _ALTOGETHER) from None

    async def may_write_to(self, work: UnitOfWork, address: str) -> bool:
        """Whether one more e-mail goes to a mailbox that is not proven. Whoever asks is not told: it would say that
        others have asked for it, too."""
        try:
            await take(work, TO_ONE_MAILBOX, *self._hashes(work, mailbox_of(address)))
        except TooOften:
            return False
        return True

    def _hashes(self, work: UnitOfWork, value: str) -> tuple[str, str]:
        """What stands for a source or mailbox today, and what stood for it yesterday."""
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
    """What is raised where a limit has been reached, with the wait in the sentence."""
    minutes = max(1, ceil(often.wait.total_seconds() / 60))
    return NotNow("too-many-requests", often.wait, Text(sentence.message, {"minutes": minutes}))
