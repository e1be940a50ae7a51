"""Who goes: the least busy team that together has the skills, the same for everybody who asks."""

from collections.abc import Iterator, Sequence
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from scheduling_cases import consultant, numbers

from scheduling.consultants.model import Consultant
from scheduling.courses.pairing import choose_team, uncovered
from shared.contracts.vocabulary import Skill

LEADERSHIP, PARENTS, CHILDMINDING = Skill.LEADERSHIP, Skill.PARENTS, Skill.CHILDMINDING

SKILLS = st.frozensets(st.sampled_from(Skill))
CORPS = st.lists(
    st.builds(Consultant, st.uuids(), st.just("Somebody"), SKILLS, st.integers(0, 3)),
    max_size=7,
    unique_by=lambda one: one.id,
)
SIZES = st.integers(1, 4)


def subsets(corps: Sequence[Consultant], size: int) -> Iterator[list[Consultant]]:
    """Every team of this size, by counting in binary."""
    for chosen in range(2 ** len(corps)):
        team = [one for index, one in enumerate(corps) if chosen >> index & 1]
        if len(team) == size:
            yield team


def best_by_brute_force(corps: Sequence[Consultant], skills: frozenset[Skill], size: int) -> list[UUID] | None:
    """The first of the teams that cover, each ranked by what its members do in all, at most, and by its ids."""
    ranked = [
        (sum(busy := [one.running_courses for one in team]), max(busy), sorted(one.id for one in team))
        for team in subsets(corps, size)
        if all(any(skill in one.skills for one in team) for skill in skills)
    ]
    return min(ranked)[2] if ranked else None


@patient
@given(corps=CORPS, skills=SKILLS, size=SIZES)
def test_the_team_is_the_one_that_looking_at_every_team_finds(
    corps: list[Consultant], skills: frozenset[Skill], size: int
) -> None:
    team = choose_team(corps, skills, size)
    assert (None if team is None else list(team)) == best_by_brute_force(corps, skills, size)


@patient
@given(corps=CORPS, skills=SKILLS, size=SIZES)
def test_a_team_covers_the_skills_with_exactly_as_many_different_people(
    corps: list[Consultant], skills: frozenset[Skill], size: int
) -> None:
    team = choose_team(corps, skills, size)
    if team is not None:
        members = [one for one in corps if one.id in team]
        assert len(team) == len(members) == size
        assert uncovered(members, skills) == ()


@patient
@given(corps=CORPS, skills=SKILLS, size=SIZES, random=st.randoms(use_true_random=False))
def test_the_order_in_which_the_corps_is_listed_changes_nothing(
    corps: list[Consultant], skills: frozenset[Skill], size: int, random: Random
) -> None:
    shuffled = random.sample(corps, len(corps))
    assert choose_team(shuffled, list(skills), size) == choose_team(corps, skills, size)


@pytest.mark.parametrize(
    ("corps", "team"),
    [
        pytest.param([consultant(1, LEADERSHIP), consultant(2, PARENTS)], (1, 2), id="each brings one skill"),
        pytest.param([consultant(1, LEADERSHIP, PARENTS), consultant(2)], (1, 2), id="one brings both"),
        pytest.param([consultant(1, LEADERSHIP, PARENTS)], None, id="one alone is no pair"),
        pytest.param([consultant(1, LEADERSHIP), consultant(2, LEADERSHIP)], None, id="nobody brings the other"),
        pytest.param([], None, id="no corps"),
        pytest.param(
            [consultant(1, LEADERSHIP), consultant(2, PARENTS, busy=2), consultant(3, PARENTS, busy=1)],
            (1, 3),
            id="the less busy of two",
        ),
        pytest.param(
            [
                consultant(1, LEADERSHIP, busy=4),
                consultant(2, PARENTS),
                consultant(3, LEADERSHIP, busy=2),
                consultant(4, PARENTS, busy=2),
            ],
            (2, 3),
            id="the pair with least to do in all",
        ),
        pytest.param(
            [
                consultant(1, LEADERSHIP, PARENTS, busy=3),
                consultant(2, busy=0),
                consultant(3, LEADERSHIP, busy=1),
                consultant(4, PARENTS, busy=2),
            ],
            (3, 4),
            id="of pairs with as much to do the one that shares it evenly",
        ),
        pytest.param([consultant(n, LEADERSHIP, PARENTS) for n in (3, 2, 1)], (1, 2), id="the ids in the end"),
    ],
)
def test_a_pair_for_leadership_and_parents(corps: list[Consultant], team: tuple[int, ...] | None) -> None:
    assert numbers(choose_team(corps, {LEADERSHIP, PARENTS}, 2)) == team


def test_a_skill_that_nobody_has_is_named() -> None:
    corps = [consultant(1, LEADERSHIP), consultant(2)]
    assert uncovered(corps, {PARENTS, LEADERSHIP, CHILDMINDING}) == (CHILDMINDING, PARENTS)


def test_a_corps_may_have_every_skill_and_still_no_pair_that_covers_them() -> None:
    corps = [consultant(1, LEADERSHIP), consultant(2, PARENTS), consultant(3, CHILDMINDING)]
    needed = {LEADERSHIP, PARENTS, CHILDMINDING}
    assert (uncovered(corps, needed), choose_team(corps, needed, 2)) == ((), None)
    assert numbers(choose_team(corps, needed, 3)) == (1, 2, 3)
