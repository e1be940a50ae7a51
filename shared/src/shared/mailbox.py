"""What an e-mail address is, the same for whoever writes one, for the mail server, and for every limit.

An address that could be read in two ways is none: a mail program or server may decode `=?…?=` (RFC 2047), and the
e-mail would go elsewhere than was looked at. Domains in other letters are those of IDNA 2008, where `ß` is a letter.
"""

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from idna import IDNAError
from idna import encode as in_ascii

_ENCODED_WORD = "=?"


class NoAddress(ValueError):
    """What was written is not one address that can be read in one way. The text does not quote it, for logs' sake."""

    def __init__(self) -> None:
        super().__init__("an e-mail goes to one address, written as it is")


def as_written(address: str) -> str:
    """The address as it is kept, in Unicode's composed form. Raises `NoAddress`."""
    return _validated(address, globally=True).normalized


def in_envelope(address: str) -> str:
    """The address as a mail server is told it, its domain in ASCII, so that only a name with other letters needs a
    server that takes them. Raises `NoAddress`."""
    valid = _validated(address, globally=False)
    return f"{valid.local_part}@{valid.ascii_domain}"


def domain_in_ascii(domain: str) -> str:
    """A domain as the domain name system knows it, be it one of a local network. Raises `NoAddress`."""
    try:
        return domain if domain.isascii() else in_ascii(domain, uts46=True).decode("ascii")
    except IDNAError:
        raise NoAddress from None


def mailbox_of(address: str) -> str:
    """Whose the address is, for every limit: in capitals or not, and whatever is added behind a plus (RFC 5233).

    A domain is the same in its own letters and in ASCII. What is no address, such as one forgotten, is itself.
    """
    try:
        local, _, domain = in_envelope(address).lower().rpartition("@")
    except NoAddress:
        return address.lower()
    return f"{local.partition('+')[0] or local}@{domain}"


def _validated(address: str, *, globally: bool) -> ValidatedEmail:
    if _ENCODED_WORD in address:
        raise NoAddress
    try:
        return validate_email(address, check_deliverability=False, globally_deliverable=globally)
    except EmailNotValidError:
        raise NoAddress from None
