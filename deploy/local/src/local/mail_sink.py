"""A mail server for one machine: every e-mail becomes a file, and none leaves."""

import asyncio
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local.errors import SetupError
from local.ports import LOOPBACK, free_port, give_back
from local.private_files import make_private, write_private

PREFERRED_PORT = 8125
LARGEST = 32 * 1024 * 1024
"""Bytes of one message."""


class MailSink:
    """Takes e-mails in a thread of its own and writes each to a file named by its id, so that twice is once.

    The folder is its owner's alone: the letters are to people, by name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = 0
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Where the services hand over their e-mails; known after ``start``."""
        return f"smtp://{LOOPBACK}:{self._port}?tls=none"

    def start(self) -> None:
        """Take e-mails from now on. Raises SetupError when the port cannot be had."""
        make_private(self.folder)
        self._port = free_port(PREFERRED_PORT)
        self._controller = Controller(
            self,
            hostname=LOOPBACK,
            port=self._port,
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST,
        )
        try:
            self._controller.start()
        except OSError as error:
            raise SetupError(f"the mail sink cannot listen on port {self._port}: {error}") from error

    def stop(self) -> None:
        """Take no more."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()
            give_back(self._port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write a message down; called by aiosmtpd."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread(self._write, content)
        return "250 Written down"

    def _write(self, content: bytes) -> None:
        write_private(self.folder / f"{_name_of(content)}.eml", content)


def _name_of(content: bytes) -> str:
    """The part of the `Message-ID` that is the mail's own; it holds letters, digits and dashes only."""
    head = content.partition(b"\r\n\r\n")[0].decode("ascii", errors="replace")
    given = next((line for line in head.splitlines() if line.lower().startswith("message-id:")), "")
    own = given.partition("<")[2].partition("@")[0]
    return "".join(letter for letter in own if letter.isalnum() or letter == "-")[:100] or "without-id"
