"""An application as a reviewer reads it: whole, or with the names of places and people taken out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from intake.applications.model import Application, Case, Selection
from intake.assessments.redaction import Alias, daycare_names, municipality_names, person_names, redacted
from intake.organisations.model import DaycareKind, Ownership
from intake.programmes.rules import ApplicantKind
from shared.contracts.vocabulary import Skill

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Aliases:
    """What stands for names in the reader's language; `daycare` takes the letter of one."""

    municipality: Alias
    applicant: Alias
    daycare: Callable[[str], Alias]


@dataclass(frozen=True, slots=True)
class ReadDaycare:
    """A participating daycare with the data on which it was chosen."""

    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    selection: Selection | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reviewer is shown. `municipality` is its name, or nothing where names are taken out."""

    id: UUID
    municipality: str | None
    applicant_kind: ApplicantKind | None
    daycares: tuple[ReadDaycare, ...]
    themes: tuple[Skill, ...]
    hours: int | Decimal | None
    motivation: str
    submitted_at: datetime


def reference(id: UUID) -> str:
    """By what people speak of an application without naming anybody; alike for two in sixteen million."""
    return id.hex[-6:].upper()


def whole(application: Application, municipality: str) -> Reading:
    """The application with every name in it."""
    return _reading(application, municipality, [daycare.name for daycare in application.case.daycares], str)


def without_names(
    application: Application, municipalities: Sequence[str], people: tuple[str, ...], aliases: Aliases
) -> Reading:
    """The application with an alias for each daycare, the municipality and the people, also in its prose.

    `municipalities` are the names of all that are one with its own.
    """
    case = application.case
    letters = {daycare.id: aliases.daycare(_letter(place)) for place, daycare in enumerate(case.daycares)}
    known = [each for name in municipalities for each in municipality_names(name, aliases.municipality)]
    for person in {*people, *([case.contact.name] if case.contact else [])}:
        known.extend(person_names(person, aliases.applicant))
    places = {each.name.casefold() for each in known}
    for daycare in case.daycares:
        found = daycare_names(daycare.name, letters[daycare.id])
        known.extend(each for each in found if each.name.casefold() not in places)
    names = [letters[daycare.id].name for daycare in case.daycares]
    return _reading(application, None, names, lambda text: redacted(text, known))


def _reading(
    application: Application, municipality: str | None, names: list[str], prose: Callable[[str], str]
) -> Reading:
    case = application.case
    return Reading(
        id=case.id,
        municipality=municipality,
        applicant_kind=case.wish.applicant_kind,
        daycares=tuple(_daycares(case, names, prose)),
        themes=case.wish.themes,
        hours=case.wish.hours,
        motivation=prose(case.wish.motivation or ""),
        submitted_at=application.submitted_at,
    )


def _daycares(case: Case, names: list[str], prose: Callable[[str], str]) -> list[ReadDaycare]:
    chosen = {each.daycare_id: each for each in case.wish.selection}
    return [
        ReadDaycare(
            name=name,
            kind=daycare.kind,
            ownership=daycare.ownership,
            age_from=daycare.age_from,
            age_to=daycare.age_to,
            selection=_selection(chosen.get(daycare.id), prose),
        )
        for name, daycare in zip(names, case.daycares, strict=True)
    ]


def _selection(selection: Selection | None, prose: Callable[[str], str]) -> Selection | None:
    if selection is None or selection.inspections is None:
        return selection
    return replace(selection, inspections=prose(selection.inspections))


def _letter(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    rest, last = divmod(place, len(LETTERS))
    return (_letter(rest - 1) if rest else "") + LETTERS[last]
