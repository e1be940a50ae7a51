"""Daycares and municipalities as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from intake.organisations import queries, store
from intake.organisations.model import Daycare, DaycareKind, Ownership
from shared.errors import Problem, Text
from shared.identity import Identity, Role
from shared.municipalities import municipalities
from shared.web.access import allow, public
from shared.web.inputs import Input, PlainText
from shared.web.routes import Work, api_router

router = api_router(tags=["organisations"])

Staff = allow(Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR, Role.APPLICANT)


class MunicipalityOut(BaseModel):
    code: str
    name: str


class DaycareIn(Input):
    p_number: str = Field(pattern=r"^[0-9]{10}$", description="the daycare's P-number, ten digits")
    name: PlainText
    kind: DaycareKind
    ownership: Ownership
    age_from: int = Field(strict=True, ge=0, le=7, description="years of the youngest children it takes")
    age_to: int = Field(strict=True, ge=0, le=7, description="years of the oldest children it takes")
    municipality: str = Field(description="four digits")

    @model_validator(mode="after")
    def _ages_in_order(self) -> "DaycareIn":
        if self.age_to < self.age_from:
            raise ValueError(Text("The oldest children must not be younger than the youngest."))
        return self


class DaycareOut(BaseModel):
    id: UUID
    p_number: str
    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    municipality: str


@router.get("/municipalities", dependencies=[public])
async def list_municipalities() -> list[MunicipalityOut]:
    """The municipalities that can apply."""
    return [MunicipalityOut(code=each.code, name=each.name) for each in municipalities().values()]


@router.get("/daycares")
async def list_daycares(work: Work, who: Annotated[Identity, Staff]) -> list[DaycareOut]:
    """The daycares that can take part; for somebody who acts for one municipality, its own."""
    return [daycare_out(each) for each in await queries.daycares(work, who.municipality)]


@router.get("/daycares/{id}")
async def show_daycare(id: UUID, work: Work, who: Annotated[Identity, Staff]) -> DaycareOut:
    """One daycare; for somebody who acts for one municipality, one of its own."""
    daycare = (await queries.daycares_by_id(work, [id])).get(id)
    if daycare is None or who.municipality not in (None, daycare.municipality):
        raise Problem("unknown-daycare", 404)
    return daycare_out(daycare)


@router.post("/daycares", status_code=201)
async def register_daycare(
    body: DaycareIn, work: Work, who: Annotated[Identity, Staff], response: Response
) -> DaycareOut:
    """Make a daycare known, once per P-number."""
    if body.municipality not in municipalities():
        raise Problem("unknown-municipality", 422)
    if who.municipality not in (None, body.municipality):
        raise Problem("other-municipality", 403)
    daycare = Daycare(id=uuid7(), **body.model_dump())
    try:
        await store.add_daycare(work, daycare)
    except IntegrityError as error:
        raise Problem("daycare-known", 409, p_number=body.p_number) from error
    response.headers["Location"] = f"/api/v1/daycares/{daycare.id}"
    return daycare_out(daycare)


def daycare_out(daycare: Daycare) -> DaycareOut:
    """A daycare as it leaves."""
    return DaycareOut(
        id=daycare.id,
        p_number=daycare.p_number,
        name=daycare.name,
        kind=daycare.kind,
        ownership=daycare.ownership,
        age_from=daycare.age_from,
        age_to=daycare.age_to,
        municipality=daycare.municipality,
    )
