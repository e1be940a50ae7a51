"""Programmes as JSON."""

from datetime import date

from pydantic import BaseModel

from intake.programmes import queries
from intake.programmes.offer import Criterion, Offer
from intake.programmes.rules import Rule
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import IntakeMode, Names, Skill
from shared.errors import NotFound
from shared.web.access import public
from shared.web.routes import Work, api_router

router = api_router(tags=["programmes"])


class ProgrammeOut(BaseModel):
    slug: str
    version: int
    names: Names
    valid_from: date
    valid_until: date | None
    intake: IntakeMode
    duration_months: int | None
    team_size: int
    hour_cap: int | None
    rules: tuple[Rule, ...]
    phases: tuple[PlannedPhase, ...]
    skills: tuple[Skill, ...]
    criteria: tuple[Criterion, ...]
    offer: Offer
    redacted: bool
    sealed: bool


@router.get("/programmes", dependencies=[public])
async def list_programmes(work: Work) -> list[ProgrammeOut]:
    """Every version of every programme, the newest first within each."""
    return [ProgrammeOut.model_validate(each, from_attributes=True) for each in await queries.programmes(work)]


@router.get("/programmes/{slug}", dependencies=[public])
async def show_programme(slug: str, work: Work) -> list[ProgrammeOut]:
    """Every version of one programme, the oldest first."""
    versions = await queries.programme_versions(work, slug)
    if not versions:
        raise NotFound("programme")
    return [ProgrammeOut.model_validate(each, from_attributes=True) for each in versions]
