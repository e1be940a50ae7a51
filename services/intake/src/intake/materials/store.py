"""What is sent before and after gatherings: rows ↔ values."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from intake.materials.files import kept_file
from intake.materials.model import Material
from intake.materials.tables import MaterialReceiptRow, MaterialRow
from shared.data_mapper import DataMapper, Part
from shared.work import UnitOfWork

_FILE = Part(
    ("file_name", "file_type"),
    lambda file: (None, None) if file is None else (file.name, file.media_type),
    kept_file,
)
_MATERIALS = DataMapper(Material, MaterialRow, own={"file_content": None}, file=_FILE)


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


def add_material(work: UnitOfWork, material: Material, content: bytes | None) -> None:
    """Keep a new material and the content of its file."""
    work.session.add(_MATERIALS.row(material, file_content=content))


async def save_material(work: UnitOfWork, material: Material, content: bytes | None) -> Material:
    """Keep what a locked material has become, with the content of its file, under its next version."""
    row = await work.session.get_one(MaterialRow, material.id)
    row.file_content = content
    return _MATERIALS.update(row, material)


async def remove_material(work: UnitOfWork, material: Material) -> None:
    """Forget a locked material that nobody has been sent; its timer finds nothing then."""
    await work.session.delete(await work.session.get_one(MaterialRow, material.id))


async def save_sent(work: UnitOfWork, material: Material, at: datetime) -> None:
    """Keep that a locked material has been sent."""
    row = await work.session.get_one(MaterialRow, material.id)
    row.sent_at = at


async def save_due(work: UnitOfWork, material: Material) -> Material:
    """Keep when a locked material is due, under its next version; its file stays."""
    return _MATERIALS.update(await work.session.get_one(MaterialRow, material.id), material)


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
    return _MATERIALS.value(row)
