"""Composes the MIME message of an e-mail from the outbox: in the recipient's language, as plain text, without injected
headers."""

import re
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

from shared.errors import Text
from shared.mail.owed import Owed
from shared.mailbox import domain_in_ascii, in_envelope
from shared.translations import Catalogue


class _OnOneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a long address would become encoded words, which mail programs do not follow.

    The folding is prevented here and not in the policy, since the SMTP client serialises the message with its own
    policy.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


UNSUBSCRIBE = "List-Unsubscribe"
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type(UNSUBSCRIBE, _OnOneLine)
_HEADERS.map_to_type("To", _OnOneLine)
POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
"""Refuses line breaks in headers, and encodes all text for servers that accept ASCII only."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender and recipient as SMTP is told them. The headers of the message are for its reader, and do not decide where
    it goes."""

    sender: str
    recipient: str


class Composer:
    """Composes e-mails. `home` is the public address of the service, without a slash at the end."""

    def __init__(self, *, catalogue: Catalogue, sender: Address, home: str) -> None:
        self._catalogue = catalogue
        self._domain = domain_in_ascii(sender.domain)
        self._sender = Address(sender.display_name, sender.username, self._domain)
        self._home = home

    def envelope(self, owed: Owed) -> Envelope:
        """The SMTP envelope, with the one recipient. Raises `ValueError` for an invalid address."""
        return Envelope(self._sender.addr_spec, in_envelope(owed.address))

    def compose(self, owed: Owed) -> EmailMessage:
        """The message. Composed again, it has the same `Message-ID`. Raises `ValueError` for an e-mail that cannot be
        encoded."""
        message = EmailMessage(policy=POLICY)
        message["Message-ID"] = f"<{owed.id}@{self._domain}>"
        message["Date"] = owed.created_at
        message["From"] = self._sender
        message["To"] = in_envelope(owed.address)
        message["Subject"] = _CONTROL.sub(" ", self._said(owed, owed.subject))
        message["Auto-Submitted"] = "auto-generated"  # so that out-of-office programs do not reply (RFC 3834)
        if owed.unsubscribe is not None:
            message[UNSUBSCRIBE] = f"<{self._home}{owed.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self._body(owed))
        for file in owed.enclosures:
            maintype, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
        message["Content-Language"] = (
            owed.language
        )  # last: `add_attachment` moves earlier Content-… headers into the first part
        return message

    def _body(self, owed: Owed) -> str:
        parts = [_CONTROL_BUT_LINES.sub(" ", self._said(owed, each)) for each in owed.paragraphs]
        if owed.link is not None:
            parts.append(f"{self._home}{owed.link}")
        return "\n\n".join(parts) + "\n"

    def _said(self, owed: Owed, sentence: Text) -> str:
        return self._catalogue.translate(sentence, owed.language)
