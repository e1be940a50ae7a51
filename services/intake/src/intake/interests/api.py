"""Interest lists as JSON. Whoever is put down is answered the same whether they were on the list or not."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from intake.confirmations.model import ConfirmationKind
from intake.confirmations.queries import pending_by_token
from intake.interests import commands, queries
from intake.interests.inputs import InterestIn
from intake.interests.model import Interest
from intake.programmes.offer import Audience
from shared.errors import NotFound, Refused
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.kernel import language_of
from shared.web.routes import Work, api_router
from shared.web.strangers import stranger_unless

router = api_router(tags=["interests"])


class PutDown(BaseModel):
    programme: str


class InterestOut(BaseModel):
    id: UUID
    programme: str
    form: str | None
    topic: str | None
    name: str
    email: str
    audience: Audience | None
    municipality: str | None
    registered_at: datetime
    left_at: datetime | None


@router.post("/interests", status_code=202, dependencies=[public])
async def put_down(body: InterestIn, request: Request, work: Work) -> PutDown:
    """Be told of the next gathering of a programme. An e-mail asks to confirm it; whom the office puts down is told so
    at once. 429 `too-many-requests` when too many are asked for."""
    await commands.put_down(work, body, language_of(request), stranger_unless(request, queries.OFFICE))
    return PutDown(programme=body.programme)


@router.get("/interests")
async def list_interests(work: Work, who: Annotated[Identity, allow(*queries.OFFICE)]) -> list[InterestOut]:
    """Who is on any list, by programme and in the order in which they came."""
    return [_out(each) for each in await queries.everybody(work)]


@router.get("/interests/{token}", dependencies=[public])
async def show_interest(token: str, work: Work) -> InterestOut:
    """The place on a list that a link leads to."""
    found = await queries.interest_by_token(work, token)
    if found is None:
        waits = await pending_by_token(work, ConfirmationKind.INTEREST, token)
        raise NotFound("interest") if waits is None else Refused("interest-unconfirmed")
    return _out(found)


@router.post("/interests/{token}/confirmation", dependencies=[public])
async def confirm(token: str, work: Work) -> InterestOut:
    """Say that a place on the list is wanted; to do it twice changes nothing."""
    return _out(await commands.confirm(work, token))


@router.post("/interests/{token}/withdrawal", dependencies=[public])
async def withdraw(token: str, work: Work) -> PutDown:
    """Say that a place on the list was never wanted; what was written is deleted."""
    return PutDown(programme=await commands.withdraw(work, token))


@router.post("/interests/{token}/removal", dependencies=[public])
async def leave(token: str, work: Work) -> PutDown:
    """Leave the list; to do it twice changes nothing."""
    return PutDown(programme=(await commands.leave(work, token)).wanted.programme)


def _out(interest: Interest) -> InterestOut:
    return InterestOut(
        id=interest.id,
        programme=interest.wanted.programme,
        form=interest.wanted.form,
        topic=interest.wanted.topic,
        name=interest.name,
        email=interest.email,
        audience=interest.audience,
        municipality=interest.municipality,
        registered_at=interest.registered_at,
        left_at=interest.left_at,
    )
