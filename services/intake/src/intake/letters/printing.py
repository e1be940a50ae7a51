"""A letter as PDF, made from the letter alone: nothing is fetched for it, neither from the net nor from the disk."""

from pathlib import Path
from typing import NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from intake.letters.model import Language, Letter, LetterStatus
from shared.formats import format_date

_LAYOUT = Path(__file__).resolve().parent / "layout"
_WORDS: dict[Language, dict[str, str]] = {
    "da": {"draft": "Udkast – ikke godkendt", "number": "Brev nr."},
    "en": {"draft": "Draft – not approved", "number": "Letter no."},
}


class _Nothing(URLFetcher):  # type: ignore[misc]
    """Refuses every address, also that of a file."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise FatalURLFetchingError("a letter refers to nothing outside of itself")


def as_pdf(letter: Letter) -> bytes:
    """The letter as tagged PDF (PDF/UA), dated by its approval; takes about a second of the processor."""
    return pdf_of(page_of(letter))


def page_of(letter: Letter) -> str:
    """The letter as HTML, from which it is printed."""
    words = _WORDS[letter.language]
    return (
        _environment()
        .get_template("letter.html")
        .render(
            language=letter.language,
            theme=letter.words.theme,
            paragraphs=[each.split("\n") for each in letter.words.text.split("\n\n")],
            day=format_date(letter.approved_at or letter.composed_at, letter.language),
            number=f"{words['number']} {letter.id}",
            draft=words["draft"] if letter.status is not LetterStatus.APPROVED else None,
        )
    )


def pdf_of(page: str) -> bytes:
    """A page as tagged PDF (PDF/UA)."""
    pdf: bytes = HTML(string=page, url_fetcher=_Nothing()).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_LAYOUT), undefined=StrictUndefined, autoescape=True, trim_blocks=True)
