"""Validates and normalises e-mail addresses, in one way for input, for the mail server, and for every limit.

An address that could be read in two ways is refused: a mail program or server may decode `=?…?=` (RFC 2047), and the
e-mail would go to another address than was checked. International domains follow IDNA 2008, where `ß` is a letter.
"""

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from idna import IDNAError
from idna import encode as in_ascii

_ENCODED_WORD = "=?"


class NoAddress(ValueError):
    """The text is not one address with a single meaning. The message does not quote it, as it may be logged."""

    def __init__(self) -> None:
        super().__init__("an e-mail goes to one address, written as it is")


def as_written(address: str) -> str:
    """The address as it is stored, in Unicode's composed form. Raises `NoAddress`."""
    return _validated(address, globally=True).normalized


def in_envelope(address: str) -> str:
    """The address as SMTP gets it, with its domain in ASCII, so that only a local part in other letters needs SMTPUTF8.
    Raises `NoAddress`."""
    valid = _validated(address, globally=False)
    return f"{valid.local_part}@{valid.ascii_domain}"


def domain_in_ascii(domain: str) -> str:
    """A domain in ASCII, as DNS has it; domains of local networks are allowed. Raises `NoAddress`."""
    try:
        return domain if domain.isascii() else in_ascii(domain, uts46=True).decode("ascii")
    except IDNAError:
        raise NoAddress from None


def mailbox_of(address: str) -> str:
    """The mailbox of an address, as limits count it: in lower case, without what follows a plus (RFC 5233).

    A domain is the same in its own letters and in ASCII. A text that is no address, such as a deleted one, stays as it
    is, in lower case.
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
