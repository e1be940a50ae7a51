"""What is sent before and after gatherings: rows ↔ values."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from intake.materials.files import kept_file
from intake.materials.model import Kind, Material
from intake.materials.tables import MaterialReceiptRow, MaterialRow
from shared.work import UnitOfWork


async def lock_materials(work: UnitOfWork, cohort_id: UUID) -> list[Material]:
    """What is sent for a cohort, held until this work ends."""
    rows = await work.session.scalars(
        select(MaterialRow)
        .where(MaterialRow.cohort_id == cohort_id)
        .order_by(col(MaterialRow.kind).desc())
        .options(defer(MaterialRow.file_content))  # type: ignore[arg-type]
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [material_of(row) for row in rows]


async def save_material(work: UnitOfWork, material: Material, content: bytes | None) -> None:
    """Keep a material and the content of its file, new or in place of the one before."""
    row = MaterialRow(
        id=material.id,
        version=material.version,
        cohort_id=material.cohort_id,
        kind=material.kind,
        days=material.days,
        text=material.text,
        file_name=material.file.name if material.file else None,
        file_type=material.file.media_type if material.file else None,
        file_content=content,
        due_at=material.due_at,
        sent_at=material.sent_at,
    )
    await work.session.merge(row)


async def remove_material(work: UnitOfWork, material: Material) -> None:
    """Forget a locked material that nobody has been sent; its timer finds nothing then."""
    await work.session.delete(await work.session.get_one(MaterialRow, material.id))


async def save_sent(work: UnitOfWork, material: Material, at: datetime) -> None:
    """Keep that a locked material has been sent."""
    row = await work.session.get_one(MaterialRow, material.id)
    row.sent_at = at


async def save_due(work: UnitOfWork, material: Material) -> None:
    """Keep when a locked material is due, under its next version."""
    row = await work.session.get_one(MaterialRow, material.id)
    row.due_at, row.version = material.due_at, material.version


async def receivers(work: UnitOfWork, material_id: UUID) -> set[UUID]:
    """The registrations that have been sent a material."""
    found = await work.session.scalars(
        select(MaterialReceiptRow.registration_id).where(MaterialReceiptRow.material_id == material_id)
    )
    return set(found)


def add_receivers(work: UnitOfWork, material_id: UUID, registration_ids: Collection[UUID]) -> None:
    """Keep that registrations have been sent a material."""
    work.session.add_all(MaterialReceiptRow(material_id=material_id, registration_id=each) for each in registration_ids)


def material_of(row: MaterialRow) -> Material:
    """The value a row stands for."""
    file = kept_file(row.file_name, row.file_type)
    return Material(
        id=row.id,
        cohort_id=row.cohort_id,
        kind=Kind(row.kind),
        days=row.days,
        text=row.text,
        file=file,
        due_at=row.due_at,
        sent_at=row.sent_at,
        version=row.version,
    )
