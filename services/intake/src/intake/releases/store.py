"""Prepared decisions: rows ↔ values."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update

from intake.releases.model import Prepared, Release
from intake.releases.tables import PreparedDecisionRow, ReleaseDeskRow, ReleaseRow
from shared.data_mapper import DataMapper
from shared.work import UnitOfWork

_PREPARED = DataMapper(Prepared, PreparedDecisionRow, own={"release_id": None})


async def desk_version(work: UnitOfWork, round_id: UUID) -> int:
    """How often something has been prepared, taken back or released in a round."""
    version = await work.session.scalar(select(ReleaseDeskRow.version).where(ReleaseDeskRow.round_id == round_id))
    return version or 0


async def lock_desk(work: UnitOfWork, round_id: UUID) -> int:
    """The version, held until this work ends: one works on a round at a time."""
    first = insert(ReleaseDeskRow).values(round_id=round_id, version=0).on_conflict_do_nothing()
    await work.session.execute(first)
    held = select(ReleaseDeskRow.version).where(ReleaseDeskRow.round_id == round_id).with_for_update()
    return (await work.session.scalars(held)).one()


async def save_desk(work: UnitOfWork, round_id: UUID) -> int:
    """Note that something has changed on a locked desk; returns its next version."""
    desk = update(ReleaseDeskRow).where(col(ReleaseDeskRow.round_id) == round_id)
    risen = desk.values(version=col(ReleaseDeskRow.version) + 1).returning(col(ReleaseDeskRow.version))
    return (await work.session.scalars(risen)).one()


async def load_prepared(work: UnitOfWork, round_id: UUID) -> list[Prepared]:
    """What has been prepared in a round and not released, in the order of the applications."""
    statement = select(PreparedDecisionRow).where(
        PreparedDecisionRow.round_id == round_id, col(PreparedDecisionRow.release_id).is_(None)
    )
    rows = await work.session.scalars(statement.order_by(col(PreparedDecisionRow.application_id)))
    return [_PREPARED.value(row) for row in rows]


async def remove_prepared(work: UnitOfWork, application_ids: Sequence[UUID]) -> None:
    """Forget what has been prepared for applications and not released."""
    unreleased = col(PreparedDecisionRow.release_id).is_(None)
    wanted = col(PreparedDecisionRow.application_id).in_(application_ids)
    await work.session.execute(delete(PreparedDecisionRow).where(wanted, unreleased))


def add_prepared(work: UnitOfWork, prepared: Prepared) -> None:
    """Keep a prepared decision."""
    work.session.add(_PREPARED.row(prepared))


async def add_release(work: UnitOfWork, release: Release, decisions: Sequence[Prepared]) -> None:
    """Keep a release with the decisions that it told."""
    work.session.add(
        ReleaseRow(
            id=release.id,
            round_id=release.round_id,
            released_by=release.released_by,
            released_at=release.released_at,
        )
    )
    await work.session.flush()
    told = update(PreparedDecisionRow).where(col(PreparedDecisionRow.id).in_([each.id for each in decisions]))
    await work.session.execute(told.values(release_id=release.id))
