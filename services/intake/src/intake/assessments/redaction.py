"""Taking known names out of a text, however they are written: in any case and spelling, in the genitive, with hyphens
or line ends in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.assessments.spelling import spelled

_GENERIC = """
afdeling afdelingen børnegård børnegården børnehave børnehaven børnehus børnehuset børneinstitution
børneinstitutionen dagpleje dagplejen daginstitution daginstitutionen dagtilbud dagtilbuddet de den det
institution institutionen integreret integrerede kommunal kommunale nord og privat private selvejende syd vest
vuggestue vuggestuen øst i på ved
"""
GENERIC = frozenset(_GENERIC.split())
"""Words of daycares' names that say nothing of which daycare it is."""

BETWEEN = r"[\s\-_/]*"
"""What may stand between the words of a name; nothing does in addresses on the web."""
WITHIN = r"(?:[^\S\n]*[\-_\n]\s*)?"
"""What may break a word: a line end, a hyphen or an underscore."""
_BREAKABLE = 4
"""Letters of a word that may be broken; in a shorter one, two other words could be seen."""
_DIGITS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "g": "69", "t": "7", "b": "8", "z": "2"}
"""Digits that are read as a letter."""

GENITIVE = "'?s"
GENITIVE_OF_S = "'?s|'"


@dataclass(frozen=True, slots=True)
class Alias:
    """What stands for a name, by itself and in the genitive."""

    name: str
    genitive: str


@dataclass(frozen=True, slots=True)
class Known:
    """A name with what is to stand for it. `capital`: only where it begins with a capital letter, as names of people
    that are words as well."""

    name: str
    alias: Alias
    capital: bool = False


def redacted(text: str, known: Sequence[Known]) -> str:
    """The text with an alias in the place of every known name; a longer name goes before a shorter one in it."""
    names = [(each, spelled(each.name).text) for each in known]
    ordered = sorted(
        ((each, name) for each, name in names if re.search(r"[^\W_]", name)),
        key=lambda each: len(each[1]),
        reverse=True,
    )
    if not ordered:
        return text
    pattern = re.compile("|".join(f"(?P<n{place}>{_pattern(*each)})" for place, each in enumerate(ordered)))
    reading = spelled(text)
    pieces, done = [], 0
    for match in pattern.finditer(reading.text):
        chosen, name = ordered[int((match.lastgroup or "n0")[1:])]
        if _has_letters(name) and not _has_letters(match[0]):
            continue  # a number, whatever its digits look like
        begin, end = reading.begins[match.start()], reading.ends[match.end() - 1]
        alias = chosen.alias.genitive if _is_genitive(match[0], name) else chosen.alias.name
        pieces += [text[done:begin], alias]
        done = end
    return "".join([*pieces, text[done:]])


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def municipality_names(name: str, alias: Alias) -> list[Known]:
    """A municipality as it is written: with or without the word, and "Nordfyns" as "Nordfyn" too."""
    stems = {name, name.removesuffix("s")}
    words = ("kommune", "kommunen", "regionskommune", "kommunia", "kommunea")
    long = [Known(f"{stem}{ending} {word}", alias) for stem in stems for ending in ("", "s") for word in words]
    return [*long, *(Known(stem, alias) for stem in stems)]


def daycare_names(name: str, alias: Alias) -> list[Known]:
    """A daycare by its whole name, and by what is left of it without the words that many have."""
    words = name.split()
    while words and words[0].casefold() in GENERIC:
        words = words[1:]
    while words and words[-1].casefold() in GENERIC:
        words = words[:-1]
    short = " ".join(words)
    return [Known(name, alias), *([Known(short, alias)] if len(short) > 2 and short != name else [])]


def person_names(name: str, alias: Alias) -> list[Known]:
    """A person by their whole name, and by each part of it that is written with a capital letter."""
    return [Known(name, alias), *(Known(part, alias, capital=True) for part in name.split() if len(part) > 1)]


def _pattern(known: Known, name: str) -> str:
    words = [_broken(word) for word in re.split(r"[\s\-_/]+", name) if word]
    written = f"(?i:{BETWEEN.join(words)})"
    if known.capital:
        written = f"(?={re.escape(name[0].upper())}){written}"
    # Beside a name may stand a sign or, unless it is a number itself, a number: nothing that makes it another word.
    before = r"(?<![^\W_])" if name[0].isdigit() else r"(?<![^\W\d_])"
    after = r"(?![^\W_])" if name[-1].isdigit() else r"(?![^\W\d_])"
    genitive = GENITIVE_OF_S if name[-1] in "sxzSXZ" else GENITIVE
    return rf"{before}{written}(?i:{genitive})?{after}"


def _broken(word: str) -> str:
    """The word as a pattern, which may be broken anywhere and hold digits for letters if it is not too short."""
    if len(word) < _BREAKABLE:
        return re.escape(word)
    return WITHIN.join(
        _digit_for(letter) or re.escape(letter) for letter in re.findall("aa|ae|oe|.", word, re.I | re.S)
    )


def _digit_for(letters: str) -> str | None:
    """A letter, or one of the Danish ones as it is spelled, with the digits that may stand in its place."""
    if len(letters) == 2:
        single = {"aa": "4", "ae": "4", "oe": "0"}[letters.lower()]
        # Whichever fits first is kept: to try both at each of many places would take for ever.
        return f"(?>{WITHIN.join(map(_one, letters))}|{single})"
    return _one(letters)


def _one(letter: str) -> str:
    digits = _DIGITS.get(letter.lower())
    return f"[{letter}{digits}]" if digits else re.escape(letter)


def _is_genitive(written: str, name: str) -> bool:
    """Whether something was put behind the name: its s, or after an s the apostrophe alone."""
    return written[-1] == "'" or (written[-1] in "sS" and name[-1] not in "sS")
