"""Settings for e-mails: the mail server, the sender, and the addresses that links lead to. Secrets are never
printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.policy import SMTP
from typing import Literal
from urllib.parse import parse_qsl, unquote

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import Fault, PublicAddresses
from shared.weaknesses import is_neighbour, parts_of


@dataclass(frozen=True, slots=True)
class MailServerAddress:
    """A mail server, and how to connect to it."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServerAddress":
        """Read `smtps://name:password@host:465` or `smtp://…:587`; raises `ValueError` without quoting it.

        `smtps` is encrypted from the first byte. `smtp` is encrypted by STARTTLS, or not used at all; only
        `smtp://host:25?tls=none`, for a server on one's own machine or network, is not encrypted.
        """
        parts = parts_of(url, "smtp", "smtps")
        if parts is None or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("must look like smtp://name:password@host:587 or smtps://name:password@host:465")
        options = dict(parse_qsl(parts.query))
        if options not in ({}, {"tls": "none"}) or (options and parts.scheme == "smtps"):
            raise ValueError("may only end in ?tls=none, and only after smtp://")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if implicit else 587),
            tls="implicit" if implicit else "none" if options else "starttls",
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class MailSettings(PublicAddresses):
    """`PRAKSIS_MAIL_*`; only workers read them."""

    model_config = SettingsConfigDict(env_prefix="PRAKSIS_", frozen=True)

    mail_server: SecretStr | None = None
    """A URL as `MailServerAddress.parse` reads it; unset or empty, e-mails stay in the outbox."""
    mail_sender: str = "Praksis <praksis@localhost>"
    """The From address of e-mails, to which replies go."""

    @field_validator("mail_server")
    @classmethod
    def _can_be_reached(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value().strip():
            return None
        MailServerAddress.parse(url.get_secret_value())
        return url

    @field_validator("mail_sender")
    @classmethod
    def _is_one_sender(cls, sender: str) -> str:
        _parsed(sender)
        return sender

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        server = self.server_address()
        if in_production and server is not None and server.tls == "none" and not is_neighbour(server.host):
            yield (
                "mail_server",
                "would send e-mails unencrypted to another machine; use smtps://…, or smtp://… without ?tls=none",
            )

    def server_address(self) -> MailServerAddress | None:
        """The mail server, or None where none is configured."""
        return None if self.mail_server is None else MailServerAddress.parse(self.mail_server.get_secret_value())

    def sender_address(self) -> Address:
        """The From address of e-mails."""
        return _parsed(self.mail_sender)


def _parsed(sender: str) -> Address:
    """One address, with a name or without. Raises `ValueError`."""
    try:
        header = SMTP.header_factory("From", sender)
        (address,) = header.addresses
    except (HeaderParseError, MessageError, ValueError, IndexError):
        raise ValueError("must be one address, as in Praksis <praksis@example.dk>") from None
    if header.defects or not address.username or not address.domain:
        raise ValueError("must be one address, as in Praksis <praksis@example.dk>")
    return Address(address.display_name, address.username, address.domain)
