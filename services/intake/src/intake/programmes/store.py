"""Programme versions: rows ↔ values."""

from pydantic import TypeAdapter

from intake.programmes.model import Programme
from intake.programmes.offer import AS_STORED
from intake.programmes.tables import ProgrammeRow
from shared.work import UnitOfWork

_programme: TypeAdapter[Programme] = TypeAdapter(Programme)


async def load_programme(work: UnitOfWork, slug: str, version: int) -> Programme | None:
    """The version of a programme, if it has been published."""
    row = await work.session.get(ProgrammeRow, (slug, version))
    return None if row is None else programme_of(row)


def add_programme(work: UnitOfWork, programme: Programme) -> None:
    """Keep a version that is new."""
    work.session.add(
        ProgrammeRow(
            slug=programme.slug,
            version=programme.version,
            valid_from=programme.valid_from,
            valid_until=programme.valid_until,
            definition=_programme.dump_python(programme, mode="json"),
        )
    )


async def save_programme(work: UnitOfWork, programme: Programme) -> None:
    """Keep what may change of a version that is kept already."""
    row = await work.session.get_one(ProgrammeRow, (programme.slug, programme.version))
    row.valid_until = programme.valid_until
    row.definition = _programme.dump_python(programme, mode="json")


def programme_of(row: ProgrammeRow) -> Programme:
    """The value a row stands for."""
    return _programme.validate_python(row.definition, context=AS_STORED)
