"""Values that intake decides on. Each builder gives a case that meets every rule until a test says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from intake.applications.eligibility import judge
from intake.applications.model import Case, Verdict, Wish
from intake.organisations.model import Daycare, DaycareKind, Ownership
from intake.programmes.files import load_programmes
from intake.programmes.model import Programme
from intake.programmes.rules import ApplicantKind, Rule
from intake.rounds.model import Round, Zone
from local.state import CHECKOUT
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import Instrument, IntakeMode, Names, Requirement, Scope, Skill

PROGRAMMES = CHECKOUT / "services" / "intake" / "programmes"
VORDINGBORG, MORSO = "0390", "0773"
NOON = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
CASE_ID, ROUND_ID = UUID(int=100), UUID(int=200)
ADVICE = PlannedPhase(name="advice", names=Names(da="Rådgivning", en="Advice"), months=3)


def daycare(
    number: int = 1,
    *,
    kind: DaycareKind = DaycareKind.NURSERY,
    ownership: Ownership = Ownership.MUNICIPAL,
    ages: tuple[int, int] = (0, 2),
    municipality: str = VORDINGBORG,
) -> Daycare:
    age_from, age_to = ages
    return Daycare(
        id=UUID(int=number),
        p_number=f"{number:010}",
        name=f"Daycare {number}",
        kind=kind,
        ownership=ownership,
        age_from=age_from,
        age_to=age_to,
        municipality=municipality,
    )


def daycares(count: int) -> tuple[Daycare, ...]:
    return tuple(daycare(number) for number in range(1, count + 1))


def case(
    *taking_part: Daycare,
    applicant_kind: ApplicantKind = ApplicantKind.ADMINISTRATION,
    themes: tuple[Skill, ...] = (),
    hours: int | None = None,
    **wished_for: Any,
) -> Case:
    wish = Wish(
        applicant_kind=applicant_kind,
        daycares=tuple(each.id for each in taking_part),
        themes=themes,
        hours=hours,
        motivation="We want to learn.",
    )
    return Case(
        id=CASE_ID,
        applicant="administration-vordingborg",
        municipality=VORDINGBORG,
        wish=replace(wish, **wished_for),
        registered={each.id: each for each in taking_part},
    )


def programme(
    *rules: Rule,
    slug: str = "a-course",
    intake: IntakeMode = IntakeMode.ROLLING,
    valid_until: date | None = None,
    skills: tuple[Skill, ...] = (Skill.PARENTS,),
) -> Programme:
    return Programme(
        slug=slug,
        version=3,
        names=Names(da="Et forløb", en="A course"),
        valid_from=date(2021, 1, 1),
        valid_until=valid_until,
        intake=intake,
        duration_months=3,
        team_size=2,
        rules=rules,
        phases=(ADVICE,),
        skills=skills,
    )


def a_round(
    deadline: date = date(2026, 11, 3),
    zone: Zone = Zone.COPENHAGEN,
    *,
    opens_on: date = date(2026, 10, 1),
    programme: str = "long-course",
) -> Round:
    return Round(id=ROUND_ID, programme=programme, opens_on=opens_on, deadline=deadline, zone=zone)


@cache
def real_programme(slug: str) -> Programme:
    """A programme as it is offered, from its file."""
    return {each.slug: each for each in load_programmes(PROGRAMMES)}[slug]


def verdict_of(rule: Rule, judged: Case) -> Verdict:
    """What one rule says of a case as a whole."""
    (verdict,) = (each for each in judge(judged, programme(rule), None, NOON) if each.rule != "municipality")
    return verdict


def owed(instrument: Instrument, per: Scope) -> Requirement:
    return Requirement(instrument=instrument, per=per)
