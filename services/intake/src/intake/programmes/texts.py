"""What a programme says to people."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.organisations.model import Ownership
from intake.programmes.model import Programme
from intake.programmes.offer import Admission, Audience, Sparring
from intake.programmes.rules import (
    Applicant,
    ApplicantKind,
    DaycareCount,
    HourCap,
    OwnershipAllowed,
    Rule,
    YoungChildren,
)
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import Instrument, IntakeMode, Names, Skill
from shared.errors import Text

INTAKE = {
    IntakeMode.ROUNDS: Text("In rounds"),
    IntakeMode.ROLLING: Text("At any time"),
    IntakeMode.REGISTRATION: Text("By registration"),
}
APPLICANT = {
    ApplicantKind.ADMINISTRATION: Text("an administration"),
    ApplicantKind.DAYCARE: Text("a single daycare"),
    ApplicantKind.DAYCARES: Text("several daycares"),
    ApplicantKind.MIXED: Text("an administration together with daycares"),
}
OWNERSHIP = {
    Ownership.MUNICIPAL: Text("municipal"),
    Ownership.SELF_GOVERNING: Text("self-governing"),
    Ownership.PRIVATE: Text("private"),
}
AUDIENCE = {
    Audience.ADMINISTRATION: Text("the administration"),
    Audience.AREA_LEADERS: Text("area leaders"),
    Audience.LEADERS: Text("daycare leaders"),
    Audience.DEPUTY_LEADERS: Text("deputy leaders"),
    Audience.STAFF: Text("staff"),
    Audience.CONSULTANTS: Text("pedagogical consultants"),
}
ADMISSION = {
    Admission.EVERYBODY: Text("everybody"),
    Admission.AUDIENCE: Text("those whom it is for"),
    Admission.PARTICIPANTS: Text("municipalities that take part in a course"),
}
SPARRING = {
    Sparring.CONDITION: Text("is a condition of the course"),
    Sparring.OFFERED: Text("is offered"),
}
THEME = {
    Skill.LEARNING_ENVIRONMENTS: Text("Learning environments"),
    Skill.PARENTS: Text("Cooperation with parents"),
    Skill.INTERDISCIPLINARY_WORK: Text("Interdisciplinary work"),
    Skill.LEADERSHIP: Text("Professional leadership"),
    Skill.CHILDMINDING: Text("Childminding"),
}
INSTRUMENT = {
    Instrument.OBSERVATION: Text("an observation of every daycare"),
    Instrument.LEADERSHIP_SURVEY: Text("a survey of the leadership"),
}
CHANGED = {
    "intake": Text("the way of applying"),
    "duration_months": Text("the duration"),
    "team_size": Text("the number of consultants"),
    "rules": Text("the rules"),
    "phases": Text("the phases"),
    "skills": Text("what the pair must know"),
    "criteria": Text("the criteria"),
    "offer": Text("what is offered"),
    "redacted": Text("whether reviewers read names"),
    "sealed": Text("when the office reads applications"),
}

Value = Text | Names
"""A text to be translated, or one that the programme itself gives in both languages."""


@dataclass(frozen=True, slots=True)
class Line:
    """A label with what stands beside it, one or several values."""

    label: Text
    values: tuple[Value, ...]


def about(programme: Programme) -> list[Line]:
    """What somebody who thinks of taking part wants to know, without lines that have nothing to say."""
    offer = programme.offer
    lines = [
        Line(Text("Goal"), _given(offer.goal)),
        Line(Text("Application"), (INTAKE[programme.intake],)),
        Line(Text("Rounds a year"), _number(offer.rounds_per_year)),
        Line(Text("For"), tuple(AUDIENCE[each] for each in offer.audiences)),
        Line(Text("Mainly for daycares that are"), tuple(OWNERSHIP[each] for each in offer.mainly_for)),
        Line(Text("Open to"), (ADMISSION[offer.admits],) if offer.admits else ()),
        Line(Text("Themes"), tuple(THEME[each] for each in offer.themes)),
        Line(Text("Ages in focus"), _ages(programme)),
        Line(Text("Based on"), _given(offer.basis)),
        Line(Text("Advice to the administration"), (SPARRING[offer.sparring],) if offer.sparring else ()),
        Line(Text("Duration"), _months(programme.duration_months)),
        Line(Text("Consultants"), _number(programme.team_size)),
        Line(Text("Price"), (Text("{fee} kr.", {"fee": offer.fee}) if offer.fee else Text("Free"),)),
        Line(Text("Reading"), _reading(programme)),
        Line(Text("Forms"), tuple(part.names for part in offer.forms)),
        Line(Text("Topics"), tuple(part.names for part in offer.topics)),
    ]
    return [line for line in lines if line.values]


def requirements(programme: Programme) -> list[Line]:
    """What an application is judged by, a line per rule."""
    return [_requirement(rule) for rule in programme.rules]


def owed(phase: PlannedPhase) -> Sequence[Text]:
    """What a phase owes before it can be completed."""
    return [INSTRUMENT[requirement.instrument] for requirement in phase.owes]


def _requirement(rule: Rule) -> Line:
    match rule:
        case Applicant():
            return Line(Text("Applicant"), tuple(APPLICANT[kind] for kind in rule.allowed))
        case DaycareCount():
            limits = {"at_least": rule.at_least, "at_most": rule.at_most}
            return Line(Text("Number of daycares"), (Text("from {at_least} to {at_most}", limits),))
        case OwnershipAllowed():
            return Line(Text("Ownership"), tuple(OWNERSHIP[each] for each in rule.allowed))
        case YoungChildren():
            limit = Text("every daycare takes children under {below} years", {"below": rule.below})
            return Line(Text("Age group"), (limit,))
        case HourCap():
            return Line(Text("Hours"), (Text("at most {at_most}", {"at_most": rule.at_most}),))


def _reading(programme: Programme) -> tuple[Value, ...]:
    sealed = (Text("The office reads applications when the deadline has passed."),) if programme.sealed else ()
    redacted = (Text("Reviewers read them without the names of places and people."),) if programme.redacted else ()
    return (*sealed, *redacted)


def _given(names: Names | None) -> tuple[Value, ...]:
    return () if names is None else (names,)


def _number(number: int | None) -> tuple[Value, ...]:
    return () if number is None else (Text("{number}", {"number": number}),)


def _months(months: int | None) -> tuple[Value, ...]:
    return () if months is None else (Text("{months} months", {"months": months}),)


def _ages(programme: Programme) -> tuple[Value, ...]:
    focus = programme.offer.age_focus
    ages = {} if focus is None else {"youngest": focus.youngest, "oldest": focus.oldest}
    return (Text("{youngest}–{oldest} years", ages),) if ages else ()
