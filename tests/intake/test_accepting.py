"""Accepting: only what is submitted, with everything that a course needs to know of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import CASE_ID, NOON, VORDINGBORG, a_round, case, daycare, daycares, programme, real_programme
from properties import patient

from intake.applications.decisions import accept, submit
from intake.applications.model import Application, ApplicationStatus, skills_needed
from intake.organisations.model import DaycareKind
from shared.contracts.intake.applications import ApplicationAccepted, Opening
from shared.contracts.vocabulary import Skill
from shared.decision import Decision
from shared.errors import Refused

LATER = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
CHILDMINDING = daycare(4, kind=DaycareKind.CHILDMINDING)
SKILLS = st.lists(st.sampled_from(Skill)).map(tuple)


def submitted(hours: int | None = None) -> Application:
    applied_for = case(*daycares(2), themes=(Skill.PARENTS,), hours=hours)
    return submit(applied_for, real_programme("long-course"), a_round(), NOON).state


def test_an_accepted_application_says_who_decided_when() -> None:
    accepted = accept(submitted(), real_programme("long-course"), "caseworker", LATER).state
    assert accepted == replace(
        submitted(), status=ApplicationStatus.ACCEPTED, decided_at=LATER, decided_by="caseworker"
    )


@pytest.mark.parametrize("hours", [None, 12])
def test_acceptance_tells_what_the_course_needs_to_know_and_not_who_decided(hours: int | None) -> None:
    decision = accept(submitted(hours), real_programme("long-course"), "caseworker", LATER)
    event = ApplicationAccepted(
        application_id=CASE_ID,
        programme="long-course",
        programme_version=1,
        municipality=VORDINGBORG,
        daycares=tuple(each.id for each in daycares(2)),
        skills=(Skill.LEADERSHIP, Skill.LEARNING_ENVIRONMENTS, Skill.PARENTS),
        hours=hours,
        on=date(2026, 12, 2),
        course_opens_by=Opening.AGREEMENT,
    )
    assert decision == Decision(decision.state, (event,))


def test_acceptance_names_the_version_that_judged_the_application() -> None:
    of_version_7 = replace(submitted(), programme_version=7)
    (event,) = accept(of_version_7, real_programme("long-course"), "caseworker", LATER).events
    assert isinstance(event, ApplicationAccepted)
    assert event.programme_version == 7


@pytest.mark.parametrize(
    "status", sorted(set(ApplicationStatus) - {ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED})
)
def test_only_an_application_that_is_submitted_or_waits_is_accepted(status: ApplicationStatus) -> None:
    with pytest.raises(Refused) as refused:
        accept(replace(submitted(), status=status), real_programme("long-course"), "caseworker", LATER)
    assert (refused.value.slug, refused.value.parameters) == ("application-not-open", {"status": status})


@pytest.mark.parametrize("kind", DaycareKind)
def test_childminding_is_needed_where_it_takes_part(kind: DaycareKind) -> None:
    expected = (Skill.CHILDMINDING,) if kind is DaycareKind.CHILDMINDING else ()
    assert skills_needed(case(daycare(1), daycare(2, kind=kind)), programme(skills=())) == expected


def test_a_skill_asked_for_in_several_ways_is_needed_once() -> None:
    asked = case(CHILDMINDING, themes=(Skill.PARENTS, Skill.CHILDMINDING))
    assert skills_needed(asked, programme(skills=(Skill.PARENTS,))) == (Skill.CHILDMINDING, Skill.PARENTS)


@patient
@given(of_programme=SKILLS, themes=SKILLS, childminding=st.booleans())
def test_what_programme_themes_and_childminding_need_is_needed_in_one_order(
    of_programme: tuple[Skill, ...], themes: tuple[Skill, ...], childminding: bool
) -> None:
    taking_part = (daycare(), CHILDMINDING) if childminding else (daycare(),)
    needed = skills_needed(case(*taking_part, themes=themes), programme(skills=of_programme))
    wanted = [each for each in Skill if each in of_programme + themes or (childminding and each == "childminding")]
    assert needed == tuple(sorted(wanted))
