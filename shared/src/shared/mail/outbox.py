"""The outbox of e-mails: an e-mail is a row that is written in the transaction that is the reason for it.

The worker sends it after the commit. So no request waits for a mail server, no e-mail tells of a change that was rolled
back, and none is lost while the mail server is down.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from uuid_utils.compat import uuid7

from shared.errors import Text
from shared.identity import Language
from shared.mail.sentences import as_json
from shared.work import UnitOfWork

LARGEST = 10 * 1024 * 1024
"""Most bytes of all enclosures of one e-mail together; common mail servers accept 25 million bytes after encoding."""
MOST_ENCLOSURES = 10
LONGEST_ADDRESS = 254
"""Most characters of an address (RFC 5321)."""

_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+@[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
_PATH = re.compile(r"/(?![/\\])[!-~]*")
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9.+-]+/[a-z0-9.+-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file attached to an e-mail. `name` is shown to the reader; `media_type` is as in `application/pdf`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail to one person, not yet in any language: its sentences are translated to `language` when it is sent.

    `to` is one address, validated where it came in. The values of the sentences are `str`, `int`, `date`, `datetime`,
    `LocalMoment`, `LocalDay`, `Text` or tuples of these. `link` is a path of the service that posts it, such as
    `/applications/…`, and is made absolute on sending.

    Raises `ValueError` for an e-mail that could not be sent: more or less than one address, a link to another host, a
    file without a proper name, or enclosures of more than `LARGEST` bytes together.
    """

    to: str
    language: Language
    subject: Text
    paragraphs: tuple[Text, ...]
    link: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    unsubscribe: str | None = None
    """A path of the service that takes a POST without session or form from mail programs (RFC 8058)."""

    def __post_init__(self) -> None:
        # No message quotes the address: an exception's text may end in a log.
        if len(self.to) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(self.to):
            raise ValueError("an e-mail goes to one address")
        if self.link is not None and not _PATH.fullmatch(self.link):
            raise ValueError("the link of an e-mail is a path of the service")
        if self.unsubscribe is not None and not _PATH.fullmatch(self.unsubscribe):
            raise ValueError("the address to unsubscribe at is a path of the service")
        if len(self.enclosures) > MOST_ENCLOSURES or sum(len(each.content) for each in self.enclosures) > LARGEST:
            raise ValueError(f"an e-mail has at most {MOST_ENCLOSURES} enclosures of {LARGEST} bytes together")
        for each in self.enclosures:
            if not each.name or _CONTROL.search(each.name) or "/" in each.name or "\\" in each.name:
                raise ValueError("an enclosure has a name, without control characters or folders")
            if not _MEDIA_TYPE.fullmatch(each.media_type):
                raise ValueError("an enclosure has a media type, as in application/pdf")


async def post(work: UnitOfWork, mail: Mail) -> UUID:
    """Write an e-mail to the outbox; it is sent after the commit. Returns its id. Raises `TypeError` for values of
    other types."""
    id = uuid7()
    await work.session.execute(
        insert(work.tables.mail).values(
            id=id,
            address=mail.to,
            language=mail.language,
            subject=as_json(mail.subject),
            paragraphs=[as_json(each) for each in mail.paragraphs],
            link=mail.link,
            unsubscribe=mail.unsubscribe,
            created_at=work.now,
            attempts=0,
            next_attempt_at=work.now,
        )
    )
    if mail.enclosures:
        await work.session.execute(insert(work.tables.enclosure), _enclosure_rows(id, mail.enclosures))
    return id


async def take_back(work: UnitOfWork, to: str, *, links: str) -> None:
    """Delete the unsent e-mails to an address whose link begins with `links`. Rows of sent e-mails no longer hold an
    address."""
    mail = work.tables.mail
    about = mail.c.link.startswith(links, autoescape=True)
    await work.session.execute(delete(mail).where(mail.c.sent_at.is_(None), mail.c.address == to, about))


def _enclosure_rows(mail_id: UUID, enclosures: tuple[Enclosure, ...]) -> list[dict[str, Any]]:
    return [
        {
            "mail_id": mail_id,
            "position": position,
            "name": each.name,
            "media_type": each.media_type,
            "content": each.content,
        }
        for position, each in enumerate(enclosures, 1)
    ]
