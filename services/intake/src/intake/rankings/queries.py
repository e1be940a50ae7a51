"""The ranking of a round as it stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from intake.applications.queries import Outline, present_capacity, waiting_in_round
from intake.assessments.model import Reviewer
from intake.assessments.queries import AssessmentLine, lines_for, result_for, reviewer_of
from intake.capacity.model import Forecast
from intake.capacity.weighing import Weighing
from intake.rankings.model import Candidate, Ranking
from intake.rankings.ranking import rank, what_if
from shared.identity import Identity
from shared.office import office_date
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Board:
    """A round's applications that wait for a decision, ranked, and what the chosen ones would cost together.

    Whoever has still to hand in their own assessment of one must not see what others think, nor the order that follows
    from it: for them the board `is_blind`, and the order is that in which the applications came.
    """

    ranking: Ranking
    applications: Mapping[UUID, Outline]
    lines: Mapping[UUID, AssessmentLine]
    is_blind: bool
    forecast: Forecast | None
    chosen: frozenset[UUID]
    together: Weighing | None

    @property
    def is_of_several_versions(self) -> bool:
        """Whether the programme changed while the round was open, so that not all are judged by the same criteria."""
        return len({each.programme_version for each in self.applications.values()}) > 1


async def board(work: UnitOfWork, round_id: UUID, who: Identity, wanted: Collection[UUID] | None) -> Board:
    """The round's board with what is `wanted` chosen, or all that fit; what does not wait any more is left out."""
    outlines = await waiting_in_round(work, round_id)
    lines = {line.application.id: line for line in await lines_for(work, outlines)}
    reviewer = await reviewer_of(work, who)
    is_blind = any(_is_kept_from(reviewer, line) for line in lines.values())
    known = {} if is_blind else lines
    forecast, today = await present_capacity(work), office_date(work.now)
    candidates = [_candidate(each, known.get(each.id), forecast) for each in outlines]
    ranking = rank(candidates, forecast, today)
    fitting = [place.candidate.id for place in ranking.places if place.fits]
    chosen = frozenset(fitting if wanted is None else wanted) & {each.id for each in outlines}
    return Board(
        ranking=ranking,
        applications={each.id: each for each in outlines},
        lines=known,
        is_blind=is_blind,
        forecast=forecast,
        chosen=chosen,
        together=what_if(candidates, chosen, forecast, today),
    )


def _candidate(outline: Outline, line: AssessmentLine | None, forecast: Forecast | None) -> Candidate:
    result = line.result if line else None
    return Candidate(
        id=outline.id,
        share=result.together.share if result else None,
        submitted_at=outline.submitted_at,
        cost=forecast.cost_of(outline.wanted) if forecast else None,
    )


def _is_kept_from(reviewer: Reviewer, line: AssessmentLine) -> bool:
    return line.result is not None and result_for(reviewer, line) is None
