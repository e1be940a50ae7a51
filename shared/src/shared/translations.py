"""Translations: gettext catalogues, read from .po files when the process starts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations

from shared.errors import LocalDay, LocalMoment, Size, Text
from shared.formats import LOCALES, format_date, format_local_day, format_moment, format_number, format_size
from shared.identity import LANGUAGES, Language

SHARED_LOCALE = Path(__file__).resolve().parent / "locale"


def _t(message: str) -> str:
    """Marks a sentence for translation without translating it yet."""
    return message


class Catalogue:
    """The translations of one process. English is the language of the keys and needs no catalogue of its own."""

    def __init__(self, translations: Mapping[Language, NullTranslations]) -> None:
        self._translations = translations

    @classmethod
    def read(cls, directories: Iterable[Path] = ()) -> "Catalogue":
        """Read and merge `<directory>/<language>/LC_MESSAGES/*.po`; the kernel's own directory comes first.

        Raises `FileNotFoundError` for a directory without catalogues and `ValueError` for one that cannot be read.
        """
        merged: dict[Language, NullTranslations] = {"en": NullTranslations()}
        danish = Translations()
        for directory in (SHARED_LOCALE, *directories):
            files = sorted((directory / "da" / "LC_MESSAGES").glob("*.po"))
            if not files:
                raise FileNotFoundError(f"no catalogue in {directory}")
            for file in files:
                danish.merge(read_catalogue(file))
        merged["da"] = danish
        return cls(merged)

    def translate(self, text: Text | str, language: Language) -> str:
        """The sentence in `language`, its `{placeholders}` filled; a text without a translation stays English."""
        if isinstance(text, str):
            text = Text(text)
        sentence = self.gettext(language)(text.message)
        if not text.parameters:
            return sentence
        shown = {name: self._shown(value, language) for name, value in text.parameters.items()}
        return _LenientFormatter().vformat(sentence, (), shown)

    def in_every_language(self, text: Text | str) -> dict[Language, str]:
        """The sentence in each language."""
        return {language: self.translate(text, language) for language in LANGUAGES}

    def gettext(self, language: Language) -> Callable[[str], str]:
        """The gettext function of a language, as templates use it."""
        lookup = self._translations[language].gettext
        # The empty key holds the catalogue's header, which is no sentence.
        return lambda message: lookup(message) if message else ""

    def ngettext(self, language: Language) -> Callable[[str, str, int], str]:
        """The ngettext function of a language, for sentences with a plural."""
        return self._translations[language].ngettext

    def _shown(self, value: object, language: Language) -> str:
        match value:
            case Text():
                return self.translate(value, language)
            case Enum():
                return str(value.value)
            case LocalMoment():
                return format_moment(value.moment, language, ZoneInfo(value.zone))
            case LocalDay():
                return format_local_day(value.day, language, ZoneInfo(value.zone))
            case datetime():
                return format_moment(value, language)
            case date():
                return format_date(value, language)
            case Size():
                return format_size(value, language)
            case bool():
                return str(value)
            case Decimal() | float() | int():
                return format_number(value, language)
            case list() | tuple() | set() | frozenset():
                return format_list([self._shown(item, language) for item in value], locale=LOCALES[language])
            case _:
                return str(value)


def read_catalogue(file: Path) -> Translations:
    """Compile one .po file in memory. Raises `ValueError` if it is not well formed."""
    try:
        with file.open("rb") as source:
            catalogue = read_po(source, locale="da", abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"{file}:{error.lineno + 1}: {error}") from error
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class _LenientFormatter(Formatter):
    """Leaves a placeholder without a value as it is: a mistake in a sentence must not hide the sentence."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        # Plain names only: a sentence never reaches into the attributes of its values.
        return (kwargs[field_name], field_name) if field_name in kwargs else (f"{{{field_name}}}", field_name)
