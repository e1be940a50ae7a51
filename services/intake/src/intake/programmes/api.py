"""Programmes as JSON."""

from datetime import date

from pydantic import BaseModel

from intake.programmes import queries
from intake.programmes.rules import Rule
from shared.contracts.intake import IntakeMode, Names, PlannedPhase, Skill
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
    duration_months: int
    team_size: int
    hour_cap: int | None
    rules: tuple[Rule, ...]
    phases: tuple[PlannedPhase, ...]
    skills: tuple[Skill, ...]


@router.get("/programmes", dependencies=[public])
async def list_programmes(work: Work) -> list[ProgrammeOut]:
    """Every version of every programme, the newest first within each."""
    return [ProgrammeOut.model_validate(each, from_attributes=True) for each in await queries.programmes(work)]
