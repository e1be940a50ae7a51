"""Finding daycares among thousands: by name, number and municipality, page by page."""

from collections.abc import Collection, Iterable
from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from intake.organisations.model import Daycare, DaycareKind, Ownership
from intake.organisations.store import daycares_of
from intake.organisations.tables import DaycareRow
from shared.alphabet_in_sql import in_danish
from shared.inputs.fields import Input, plain_text
from shared.web.paging import PER_PAGE, Found, before
from shared.work import UnitOfWork


class Sought(Input):
    """What is looked for, as it comes in an address; what is not said does not matter."""

    q: Annotated[str, plain_text(100, min_length=0)] | None = Field(
        default=None, description="in the name, or the beginning of the P-number or the CVR number"
    )
    kind: DaycareKind | None = None
    ownership: Ownership | None = None
    municipality: str | None = Field(default=None, pattern="^[0-9]{4}$")
    page: int = Field(default=1, ge=1, le=100_000)


async def find_daycares(work: UnitOfWork, sought: Sought, own: Collection[str] | None) -> Found[Daycare]:
    """The daycares that fit, by name; with `own`, of those municipalities alone."""
    fitting = list(_fitting(sought, own))
    total = await work.session.scalar(select(func.count()).select_from(DaycareRow).where(*fitting))
    rows = await work.session.scalars(
        select(DaycareRow)
        .where(*fitting)
        .order_by(in_danish(DaycareRow.name), col(DaycareRow.p_number))
        .limit(PER_PAGE)
        .offset(before(sought.page))
    )
    return Found(tuple(await daycares_of(work, rows.all())), total or 0, sought.page)


def _fitting(sought: Sought, own: Collection[str] | None) -> Iterable[ColumnElement[bool]]:
    if own is not None:
        yield col(DaycareRow.municipality).in_(own)
    if sought.municipality is not None:
        yield col(DaycareRow.municipality) == sought.municipality
    if sought.kind is not None:
        yield col(DaycareRow.kind) == sought.kind
    if sought.ownership is not None:
        yield col(DaycareRow.ownership) == sought.ownership
    if sought.q:
        yield or_(
            col(DaycareRow.name).icontains(sought.q, autoescape=True),
            col(DaycareRow.p_number).startswith(sought.q, autoescape=True),
            col(DaycareRow.cvr).startswith(sought.q, autoescape=True),
        )
