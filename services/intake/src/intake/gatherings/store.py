"""Cohorts: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from intake.gatherings.details import details_of
from intake.gatherings.model import Change, Cohort, Group, Venue
from intake.gatherings.tables import ChangeRow, CohortRow, GroupRow
from intake.programmes.offer import Audience
from shared.contracts.vocabulary import Names
from shared.data_mapper import ELSEWHERE, DataMapper, Part, nested
from shared.work import UnitOfWork

_TITLE = Part(("title_da", "title_en"), lambda title: (title.da, title.en), lambda da, en: Names(da=da, en=en))
_AUDIENCES = Part(
    ("audiences",),
    lambda audiences: [list(audiences)],
    lambda audiences: tuple(Audience(each) for each in audiences),
)
_COHORTS = DataMapper(
    Cohort, CohortRow, title=_TITLE, venue=nested(Venue, "town", "address"), audiences=_AUDIENCES, groups=ELSEWHERE
)


def add_cohort(work: UnitOfWork, cohort: Cohort) -> None:
    """Keep a new cohort with its groups."""
    work.session.add(_COHORTS.row(cohort))
    work.session.add_all(_group_rows(cohort))


async def lock_cohort(work: UnitOfWork, id: UUID) -> Cohort | None:
    """The cohort, held until this work ends."""
    row = await work.session.scalar(
        select(CohortRow).where(CohortRow.id == id).with_for_update().execution_options(populate_existing=True)
    )
    return None if row is None else (await cohorts_of(work, [row]))[0]


async def save_status(work: UnitOfWork, cohort: Cohort) -> Cohort:
    """Keep what has become of a locked cohort, under its next version."""
    row = await work.session.get_one(CohortRow, cohort.id)
    return _COHORTS.update(row, cohort)


async def save_change(work: UnitOfWork, change: Change) -> Change:
    """Keep what a locked cohort has become, under its next version, and that it was otherwise before."""
    cohort = _COHORTS.update(await work.session.get_one(CohortRow, change.after.id), change.after)
    for group in _group_rows(cohort):
        await work.session.merge(group)
    for id in {group.id for group in change.before.groups} - {group.id for group in cohort.groups}:
        (await work.session.get_one(GroupRow, id)).removed_at = change.made_at
    kept = ChangeRow(
        cohort_id=cohort.id,
        version=cohort.version,
        was=details_of(change.before),
        became=details_of(cohort),
        reason=change.reason,
        made_by=change.made_by,
        made_at=change.made_at,
    )
    work.session.add(kept)
    return replace(change, after=cohort)


async def cohorts_of(work: UnitOfWork, rows: Sequence[CohortRow]) -> list[Cohort]:
    """The values that rows stand for; one more query however many there are."""
    groups: defaultdict[UUID, list[Group]] = defaultdict(list)
    found = await work.session.scalars(
        select(GroupRow)
        .where(col(GroupRow.cohort_id).in_([row.id for row in rows]), col(GroupRow.removed_at).is_(None))
        .order_by(col(GroupRow.cohort_id), col(GroupRow.position))
    )
    for each in found:
        groups[each.cohort_id].append(Group(each.id, each.name, each.places))
    return [_COHORTS.value(row, groups=tuple(groups[row.id])) for row in rows]


def _group_rows(cohort: Cohort) -> list[GroupRow]:
    return [
        GroupRow(id=group.id, cohort_id=cohort.id, position=position, name=group.name, places=group.places)
        for position, group in enumerate(cohort.groups)
    ]
