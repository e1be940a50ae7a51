"""Assessing: who may, what a sheet must hold, and when enough of them are in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from intake.applications.model import Application, ApplicationStatus
from intake.assessments.model import Assessment, Conflict, Panel, Reviewer, Score, Sheet
from intake.assessments.results import Result, result_of
from intake.programmes.model import Programme
from intake.programmes.offer import Criterion
from shared.contracts.intake.applications import ApplicationAssessed
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date


def take(
    application: Application, programme: Programme, panel: Panel, reviewer: Reviewer, id: UUID, now: datetime
) -> Decision[Assessment]:
    """Take an application on. Raises `Refused` where there is nothing to assess, or this reviewer may not.

    Whoever could have read the others' scores already comes too late to be independent of them.
    """
    _must_be_free(application, programme, panel, reviewer)
    return Decision(Assessment(id, application.case.id, reviewer.subject, now))


def may_take(application: Application, programme: Programme, panel: Panel, reviewer: Reviewer) -> bool:
    """Whether `take` would let this reviewer."""
    try:
        _must_be_free(application, programme, panel, reviewer)
    except Refused:
        return False
    return True


def save_draft(
    application: Application, programme: Programme, assessment: Assessment, scores: Sequence[Score]
) -> Decision[Assessment]:
    """Keep what a reviewer has so far, for their eyes only. Raises `Refused` once it has been handed in."""
    _must_be_open(application)
    if assessment.sheets:
        raise Refused("assessment-handed-in")
    _must_fit(programme.criteria, scores)
    return Decision(replace(assessment, draft=_in_order(programme.criteria, scores)))


def hand_in(
    application: Application,
    programme: Programme,
    panel: Panel,
    assessment: Assessment,
    sheet: Sheet,
) -> Decision[Assessment]:
    """Hand in a whole sheet, or put another in the place of one that is in, with a reason; both stay on record.

    Once enough are in, everybody is told what they say together, and again whenever that may have changed. Raises
    `Refused`, also after the application has been decided on.
    """
    _must_be_open(application)
    if assessment.sheets and sheet.reason is None:
        raise Refused("change-without-reason")
    _must_fit(programme.criteria, sheet.scores)
    if missing := _without_points(programme.criteria, sheet.scores):
        raise Refused("scores-missing", criteria=missing)
    whole = replace(sheet, scores=_in_order(programme.criteria, sheet.scores))
    changed = replace(assessment, draft=(), sheets=(*assessment.sheets, whole))
    result = result_of_panel(programme.criteria, panel.with_(changed))
    return Decision(changed, () if result is None else (_assessed(application, result, sheet.handed_in_at),))


def declare_conflict(assessment: Assessment, conflict: Conflict) -> Decision[Assessment]:
    """Step back from an application for good; what was handed in stays on record and counts no more.

    Raises `Refused("conflict-declared")` the second time.
    """
    if assessment.conflict is not None:
        raise Refused("conflict-declared")
    return Decision(replace(assessment, conflict=conflict))


def must_be_impartial(application: Application, panel: Panel, reviewer: Reviewer) -> None:
    """Raise `Refused` where a reviewer may neither see nor assess the application (inhabilitet)."""
    if reviewer.subject in (application.case.applicant, *application.case.partners):
        raise Refused("own-application")
    if application.case.municipality in reviewer.employers:
        raise Refused("own-municipality")
    own = panel.of(reviewer.subject)
    if own is not None and own.conflict is not None:
        raise Refused("conflict-declared")


def may_see_others(panel: Panel, reviewer: Reviewer) -> bool:
    """Whether the others' names and scores may be shown: to whoever is in, and to staff who assess nothing here."""
    own = panel.of(reviewer.subject)
    return reviewer.sees_all if own is None else own.is_in


def result_of_panel(criteria: Sequence[Criterion], panel: Panel) -> Result | None:
    """What those who are in say together, once they are enough."""
    return result_of(criteria, [each.scores for each in panel.counting])


def _must_be_free(application: Application, programme: Programme, panel: Panel, reviewer: Reviewer) -> None:
    _must_be_open(application)
    must_be_impartial(application, panel, reviewer)
    if panel.of(reviewer.subject) is not None:
        raise Refused("assessment-taken")
    if reviewer.sees_all and result_of_panel(programme.criteria, panel) is not None:
        raise Refused("assessment-too-late")


def _must_be_open(application: Application) -> None:
    if application.status is not ApplicationStatus.SUBMITTED:
        raise Refused("assessment-over", status=application.status)


def _must_fit(criteria: Sequence[Criterion], scores: Sequence[Score]) -> None:
    highest = {criterion.name: criterion.highest for criterion in criteria}
    named = [score.criterion for score in scores]
    if strange := sorted({name for name in named if name not in highest or named.count(name) > 1}):
        raise Refused("criteria-do-not-fit", criteria=strange)
    for score in scores:
        if score.points is not None and not 0 <= score.points <= highest[score.criterion]:
            raise Refused("points-off-the-scale", criterion=score.criterion, highest=highest[score.criterion])


def _without_points(criteria: Sequence[Criterion], scores: Sequence[Score]) -> list[str]:
    given = {score.criterion for score in scores if score.points is not None}
    return [criterion.name for criterion in criteria if criterion.name not in given]


def _in_order(criteria: Sequence[Criterion], scores: Sequence[Score]) -> tuple[Score, ...]:
    by_name = {score.criterion: score for score in scores}
    return tuple(by_name[criterion.name] for criterion in criteria if criterion.name in by_name)


def _assessed(application: Application, result: Result, now: datetime) -> ApplicationAssessed:
    return ApplicationAssessed(
        application_id=application.case.id,
        programme=application.programme,
        programme_version=application.programme_version,
        round_id=application.round_id,
        municipality=application.case.municipality,
        reviewers=len(result.totals),
        points=result.together.points,
        highest=result.together.highest,
        on=office_date(now),
    )
