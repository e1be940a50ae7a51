"""Daycares: rows ↔ values."""

from intake.organisations.model import Daycare, DaycareKind, Ownership
from intake.organisations.tables import DaycareRow
from shared.work import UnitOfWork


async def add_daycare(work: UnitOfWork, daycare: Daycare) -> None:
    """Keep a new daycare. A P-number that is taken is an `IntegrityError`."""
    work.session.add(
        DaycareRow(
            id=daycare.id,
            p_number=daycare.p_number,
            name=daycare.name,
            kind=daycare.kind,
            ownership=daycare.ownership,
            age_from=daycare.age_from,
            age_to=daycare.age_to,
            municipality=daycare.municipality,
        )
    )
    await work.session.flush()


def daycare_of(row: DaycareRow) -> Daycare:
    """The value a row stands for."""
    return Daycare(
        id=row.id,
        p_number=row.p_number,
        name=row.name,
        kind=DaycareKind(row.kind),
        ownership=Ownership(row.ownership),
        age_from=row.age_from,
        age_to=row.age_to,
        municipality=row.municipality,
    )
