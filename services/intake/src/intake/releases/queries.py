"""Read-only views of what is prepared and what has been released."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from intake.applications.model import ApplicationStatus
from intake.applications.queries import Outline, outlines_of_round
from intake.assessments.queries import lines_for, result_for, reviewer_of
from intake.assessments.results import Result
from intake.releases.decisions import standing
from intake.releases.model import Prepared, Release, Standing
from intake.releases.store import desk_version, load_prepared
from intake.releases.tables import PreparedDecisionRow, ReleaseRow
from intake.rounds.model import Round
from intake.rounds.queries import round_by_id
from shared.identity import Identity, Role
from shared.work import UnitOfWork

STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who knows of what is prepared."""
UNDECIDED = (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One application on the desk of a round. `result` is what its reviewers say, for whoever may know it."""

    application: Outline
    prepared: Prepared | None
    result: Result | None

    @property
    def standing(self) -> Standing | None:
        """Whether what is prepared can be released as it is."""
        if self.prepared is None:
            return None
        return standing(self.prepared, self.application.status, self.application.version)


@dataclass(frozen=True, slots=True)
class Desk:
    """The applications of a round that wait for a decision, or have one prepared; the best assessed first.

    `version` rises with everything that is prepared, taken back or released.
    """

    round: Round
    version: int
    lines: tuple[DeskLine, ...]
    releases: tuple[Release, ...]

    @property
    def ready(self) -> tuple[DeskLine, ...]:
        """What a release would tell."""
        return tuple(line for line in self.lines if line.standing is Standing.READY)

    @property
    def left_out(self) -> tuple[DeskLine, ...]:
        """What is prepared and would not be told."""
        return tuple(line for line in self.lines if line.standing not in (None, Standing.READY))


async def desk(work: UnitOfWork, round_id: UUID, who: Identity) -> Desk | None:
    """The desk of a round, if there is such a round."""
    round_ = await round_by_id(work, round_id)
    if round_ is None:
        return None
    prepared = {each.application_id: each for each in await load_prepared(work, round_id)}
    found = [
        each for each in await outlines_of_round(work, round_id) if each.id in prepared or each.status in UNDECIDED
    ]
    reviewer = await reviewer_of(work, who)
    results = {line.application.id: result_for(reviewer, line) for line in await lines_for(work, found)}
    on_desk = [DeskLine(each, prepared.get(each.id), results.get(each.id)) for each in found]
    return Desk(
        round=round_,
        version=await desk_version(work, round_id),
        lines=tuple(sorted(on_desk, key=_best_first)),
        releases=tuple(await _releases(work, round_id)),
    )


async def to_release(work: UnitOfWork) -> dict[UUID, tuple[int, datetime]]:
    """By round, how many prepared decisions have not been released, and when the first of them was prepared."""
    count, oldest = func.count(), func.min(PreparedDecisionRow.prepared_at)
    statement = select(PreparedDecisionRow.round_id, count, oldest).group_by(col(PreparedDecisionRow.round_id))
    found = await work.session.execute(statement.where(col(PreparedDecisionRow.release_id).is_(None)))
    return {round_id: (decisions, first) for round_id, decisions, first in found}


def _best_first(line: DeskLine) -> tuple[object, ...]:
    share = line.result.together.share if line.result else -1
    return -share, line.application.submitted_at, line.application.id


async def _releases(work: UnitOfWork, round_id: UUID) -> list[Release]:
    count = select(func.count()).where(PreparedDecisionRow.release_id == ReleaseRow.id).scalar_subquery()
    statement = select(ReleaseRow, count).where(ReleaseRow.round_id == round_id).order_by(col(ReleaseRow.id))
    return [
        Release(row.id, row.round_id, row.released_by, row.released_at, decisions)
        for row, decisions in await work.session.execute(statement)
    ]
