"""Taking known names out of a text, however they are written: in any case, in the genitive, over a line end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GENERIC = """
afdeling afdelingen børnegård børnegården børnehave børnehaven børnehus børnehuset børneinstitution
børneinstitutionen dagpleje dagplejen daginstitution daginstitutionen dagtilbud dagtilbuddet de den det
institution institutionen integreret integrerede kommunal kommunale nord og privat private selvejende syd vest
vuggestue vuggestuen øst i på ved
"""
GENERIC = frozenset(_GENERIC.split())
"""Words of daycares' names that say nothing of which daycare it is."""

BETWEEN = r"[\s\-–]+"
"""What may stand between the words of a name."""

GENITIVE = "['’]?s|['’]"


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
    ordered = sorted(
        (each for each in known if re.search(r"\w", each.name)), key=lambda each: len(each.name), reverse=True
    )
    if not ordered:
        return text
    pattern = re.compile("|".join(f"(?P<n{place}>{_pattern(each)})" for place, each in enumerate(ordered)))

    def alias(match: re.Match[str]) -> str:
        chosen = ordered[int((match.lastgroup or "n0")[1:])]
        return chosen.alias.genitive if _is_genitive(match[0], chosen.name) else chosen.alias.name

    return pattern.sub(alias, text)


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


def _pattern(known: Known) -> str:
    if known.capital:
        written = f"{re.escape(known.name[0].upper())}(?i:{_spelled(known.name[1:])})"
    else:
        words = [_spelled(word) for word in re.split(BETWEEN, known.name) if word]
        written = f"(?i:{BETWEEN.join(words)})"
    return rf"(?<!\w){written}(?i:{GENITIVE})?(?!\w)"


def _spelled(word: str) -> str:
    """The word as a pattern; å may be written aa, and the other way round."""
    return re.sub(r"å|aa", "(?:å|aa)", re.escape(word), flags=re.IGNORECASE)


def _is_genitive(written: str, name: str) -> bool:
    """Whether something was put behind the name: its s, or after an s the apostrophe alone."""
    return written[-1] in "'’" or (written[-1] in "sS" and name[-1] not in "sS")
