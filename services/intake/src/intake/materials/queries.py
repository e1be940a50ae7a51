"""What others may read of what is sent before and after gatherings."""

from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from intake.materials.files import kept_file
from intake.materials.model import File, Material
from intake.materials.store import material_of
from intake.materials.tables import MaterialRow
from shared.work import UnitOfWork


async def materials(work: UnitOfWork, cohort_id: UUID) -> list[Material]:
    """What is sent for a cohort, before and then after it."""
    rows = await work.session.scalars(
        select(MaterialRow)
        .where(MaterialRow.cohort_id == cohort_id)
        .order_by(col(MaterialRow.kind).desc())
        .options(defer(MaterialRow.file_content))  # type: ignore[arg-type]
    )
    return [material_of(row) for row in rows]


async def file_of(work: UnitOfWork, material_id: UUID) -> tuple[File, bytes] | None:
    """The file of a material with its content, if it has one."""
    row = await work.session.get(MaterialRow, material_id)
    file = None if row is None else kept_file(row.file_name, row.file_type)
    if row is None or file is None or row.file_content is None:
        return None
    return file, row.file_content
