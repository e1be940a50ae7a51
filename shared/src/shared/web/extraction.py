"""Finds sentences of a package whose Danish translation is missing or does not fit."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS = {"_t": None, "Text": None, "_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
_PLACEHOLDERS = re.compile(r"\{(\w+)\}|%\((\w+)\)s")


def missing_translations(package_directory: Path, po: Path) -> list[str]:
    """Each problem as "file:line: what": no Danish, a fuzzy one, or placeholders that differ from the English.

    Sentences are found in Python as `Text("…")` and `_t("…")` and in templates as `_("…")` and `{% trans %}`. `po` is
    the catalogue in which they must be.
    """
    with po.open("rb") as source:
        catalogue = read_po(source, locale="da")
    problems = []
    for place, identifier in _sentences(package_directory):
        message = catalogue.get(identifier)
        complaint = _complaint(message)
        if complaint:
            sentence = identifier if isinstance(identifier, str) else identifier[0]
            problems.append(f"{place}: {complaint}: {sentence}")
    return problems


def _sentences(directory: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    found = extract_from_dir(directory, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS)
    for file, line, identifier, _comments, _context in found:
        yield f"{file}:{line}", identifier


def _complaint(message: Message | None) -> str | None:
    if message is None:
        return "not in the catalogue"
    danish = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    if not all(danish):
        return "no Danish"
    if message.fuzzy:
        return "the Danish is a guess"
    english = message.id if isinstance(message.id, tuple | list) else (message.id,)
    expected = {frozenset(_PLACEHOLDERS.findall(form)) for form in english}
    if any(frozenset(_PLACEHOLDERS.findall(form)) not in expected for form in danish):
        return "other placeholders"
    return None
