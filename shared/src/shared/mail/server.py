"""The SMTP client: connects to the mail server and sends one message after the other.

A mail server's refusal may quote addresses. No such text leaves this module: errors carry the class of the exception
and the SMTP code, and no cause.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from shared.mail.composing import Envelope
from shared.mail.settings import MailServerAddress

CONNECT_WITHIN = 15.0
"""Seconds for connecting, with TLS and sign-in."""
SEND_WITHIN = 45.0
"""Seconds for one message; shorter than the first backoff pause, and than a transaction may be idle."""


class Silent(Exception):
    """The mail server cannot be used now, for any e-mail. The message says why, without personal data."""


class NotSent(Exception):
    """The mail server did not accept an e-mail. The message says why, without personal data.

    `permanent`: another attempt would be refused the same way. `hung_up`: the connection cannot be used any more.
    """

    def __init__(self, reason: str, *, permanent: bool = False, hung_up: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.hung_up = hung_up


class Session:
    """An open connection to the mail server."""

    def __init__(self, smtp: SMTP) -> None:
        self._smtp = smtp

    async def send(self, message: EmailMessage, envelope: Envelope) -> None:
        """Send the message to the envelope's recipient; returns when the mail server has accepted it. Raises
        `NotSent`."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self._smtp.send_message(message, sender=envelope.sender, recipients=[envelope.recipient])
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            failure = _not_sent(error)
            if failure.hung_up or not self._smtp.is_connected:
                failure.hung_up = True
                self._smtp.close()
            raise failure from None


class MailServer:
    """The mail server at an address."""

    def __init__(self, address: MailServerAddress) -> None:
        self._address = address

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A connection, which is closed at the end. Raises `Silent`."""
        smtp = await self._connected()
        try:
            yield Session(smtp)
        finally:
            with suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_WITHIN):
                    await smtp.quit()
            smtp.close()

    async def _connected(self) -> SMTP:
        address = self._address
        smtp = SMTP(
            hostname=address.host,
            port=address.port,
            username=address.username,
            password=address.password,
            use_tls=address.tls == "implicit",
            start_tls=address.tls == "starttls",
            timeout=CONNECT_WITHIN,
        )
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await smtp.connect()
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            smtp.close()
            raise Silent(_reason(error)) from None
        return smtp


def _not_sent(error: Exception) -> NotSent:
    match error:
        case SMTPRecipientsRefused(recipients=[SMTPRecipientRefused() as refused, *_]):
            return NotSent(_reason(refused), permanent=_is_final(refused))
        case SMTPRecipientRefused() | SMTPDataError():
            return NotSent(_reason(error), permanent=_is_final(error))
        case SMTPNotSupported() | ValueError():
            return NotSent(_reason(error), permanent=True)  # a message that cannot be encoded will not be later
        case SMTPResponseException():
            return NotSent(_reason(error))  # the server refuses the sender or is not ready: not this e-mail's fault
        case _:
            return NotSent(_reason(error), hung_up=True)


def _is_final(error: SMTPResponseException) -> bool:
    """Whether the SMTP answer is a permanent failure (RFC 5321, 4.2.1), except 552, which speaks of storage that may
    become free."""
    return 500 <= error.code < 600 and error.code != 552


def _reason(error: Exception) -> str:
    name = type(error).__name__
    return f"{name} {error.code}" if isinstance(error, SMTPResponseException) else name
