"""The Danish of every package is complete, says nothing that no code says, and fits its English."""

import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import intake
import reporting
import scheduling
import shared
from shared.web.extraction import missing_translations

ABSENT = ": not in the catalogue: "
PLACEHOLDERS = re.compile(r"\{[^{}]*\}|%\([^()]*\)\w")

packages = pytest.mark.parametrize("package", [shared, intake, scheduling, reporting], ids=lambda each: each.__name__)


def directory(package: ModuleType) -> Path:
    assert package.__file__ is not None
    return Path(package.__file__).resolve().parent


def po_file(package: ModuleType) -> Path:
    return directory(package) / "locale" / "da" / "LC_MESSAGES" / f"{package.__name__}.po"


def catalogue(package: ModuleType) -> Catalog:
    with po_file(package).open("rb") as source:
        return read_po(source, abort_invalid=True)


def sentences(package: ModuleType) -> list[Message]:
    """What the catalogue translates; its header is no sentence."""
    return [message for message in catalogue(package) if message.id]


def forms(texts: str | Iterable[str]) -> list[str]:
    """The one form of a sentence, or the forms of one that counts."""
    return [texts] if isinstance(texts, str) else list(texts)


def placeholders(texts: str | Iterable[str]) -> set[str]:
    return {found for form in forms(texts) for found in PLACEHOLDERS.findall(form)}


@packages
def test_every_sentence_has_its_danish(package: ModuleType) -> None:
    assert missing_translations(directory(package), po_file(package)) == []


@packages
def test_every_danish_sentence_is_still_said(package: ModuleType, tmp_path: Path) -> None:
    empty = tmp_path / "empty.po"
    empty.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8")
    said = {problem.split(ABSENT, 1)[1] for problem in missing_translations(directory(package), empty)}
    assert said
    assert [message.id for message in sentences(package) if forms(message.id)[0] not in said] == []
    assert list(catalogue(package).obsolete) == []


@packages
def test_a_sentence_has_the_placeholders_of_its_english(package: ModuleType) -> None:
    different = [
        (message.id, message.string)
        for message in sentences(package)
        if placeholders(message.id) != placeholders(message.string or "")
    ]
    assert different == []


@packages
def test_the_header_says_what_the_catalogue_is(package: ModuleType) -> None:
    read = catalogue(package)
    assert (str(read.locale), read.charset, read.num_plurals, read.plural_expr) == ("da", "utf-8", 2, "(n != 1)")
