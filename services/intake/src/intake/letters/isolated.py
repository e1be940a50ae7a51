"""What the process does that prints a letter; see `documents`."""

from base64 import b64encode

from intake.letters.printing import pdf_of


def pdf_in_base64(page: bytes) -> str:
    """The page of a letter as PDF, such as JSON can carry it."""
    return b64encode(pdf_of(page.decode())).decode()
