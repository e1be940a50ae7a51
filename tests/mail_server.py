"""A mail server of the test's own: it keeps what it takes, and refuses what the test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from local.ports import LOOPBACK, free_port, give_back


@dataclass
class Taken:
    """A message as it came over the wire, with what was said about it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=SMTP_POLICY)

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServerOfTest:
    """Answers as told: `to_recipient` and `to_data` may return another answer than yes."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    to_recipient: Callable[[str], str] = lambda address: "250 OK"
    to_data: Callable[[bytes], str] = lambda content: "250 OK"
    data_delay: float = 0.0
    hangs_up: bool = False
    utf8: bool = True
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}?tls=none"

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=self.utf8, loop=loop, hostname="mail.test"), LOOPBACK, self.port
        )

    async def close(self) -> None:
        """Take no connection any more; one that is open may end."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await asyncio.wait_for(server.wait_closed(), 10)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.data_delay)
        if self.hangs_up:
            cast("asyncio.Transport", server.transport).abort()
            return "451 nobody hears this"
        content = cast("bytes", envelope.content)
        answer = self.to_data(content)
        if answer.startswith("250"):
            self.taken.append(Taken(str(envelope.mail_from), [str(each) for each in envelope.rcpt_tos], content))
        return answer


@asynccontextmanager
async def mail_server(*, is_open: bool = True, utf8: bool = True) -> AsyncIterator[MailServerOfTest]:
    """A mail server on a port of its own."""
    server = MailServerOfTest(free_port(), utf8=utf8)
    try:
        if is_open:
            await server.open()
        yield server
    finally:
        await server.close()
        give_back(server.port)
