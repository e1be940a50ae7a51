"""Who goes: a team that together has the skills a course needs."""

from collections.abc import Collection, Sequence
from itertools import combinations
from uuid import UUID

from scheduling.consultants.model import Consultant
from shared.contracts.vocabulary import Skill


def choose_team(corps: Sequence[Consultant], skills: Collection[Skill], size: int) -> tuple[UUID, ...] | None:
    """The least busy team of `size` that covers `skills`, or nothing if no team does.

    All teams are looked at: a corps of 12 has 66 pairs. Among equally busy teams the one whose busiest member has
    least to do comes first, then the ids decide, so that the same corps always gives the same answer.
    """
    needed = frozenset(skills)
    teams = [team for team in combinations(sorted(corps, key=lambda one: one.id), size) if needed <= _together(team)]
    if not teams:
        return None
    best = min(teams, key=lambda team: (_load(team), max(one.running_courses for one in team)))
    return tuple(one.id for one in best)


def uncovered(corps: Sequence[Consultant], skills: Collection[Skill]) -> tuple[Skill, ...]:
    """The skills that nobody in the corps has."""
    return tuple(sorted(frozenset(skills) - _together(corps)))


def _together(team: Collection[Consultant]) -> frozenset[Skill]:
    return frozenset(skill for one in team for skill in one.skills)


def _load(team: Collection[Consultant]) -> int:
    return sum(one.running_courses for one in team)
