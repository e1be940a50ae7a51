"""What reviewers do, the same from a page and through the API: load, decide, save, publish."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.locks import hold_application
from intake.assessments import decisions, store
from intake.assessments.model import Assessment, Conflict, Reviewer, Score, Sheet
from intake.assessments.queries import Opened, open_lines, opened, waiting_for
from shared.errors import Refused, require_found, require_version
from shared.work import UnitOfWork

MOST_AT_ONCE = 20
"""So many applications may be taken on in one go."""


async def take(work: UnitOfWork, application_id: UUID, reviewer: Reviewer) -> Assessment:
    """Take one application on. Raises `unknown-application` or what the decision refuses."""
    return _taken(work, await _held(work, application_id), reviewer)


async def take_next(work: UnitOfWork, reviewer: Reviewer, count: int) -> list[Assessment]:
    """Take on up to `count` of those that lack reviewers, the neediest and oldest first; fewer where there are fewer.

    One reviewer at a time, so that all applications get as many.
    """
    await store.wait_for_turn(work)
    wanted = waiting_for(reviewer, await open_lines(work))[:count]
    return [_taken(work, await _held(work, line.application.id), reviewer) for line in wanted]


async def save_draft(
    work: UnitOfWork, application_id: UUID, version: int, reviewer: Reviewer, scores: Sequence[Score]
) -> Assessment:
    """Keep what a reviewer has so far. Raises `assessment-not-taken`, `stale-version`, or what is refused."""
    found = await _held(work, application_id)
    own = _own(found, reviewer, version)
    decision = decisions.save_draft(found.application, found.programme, own, scores)
    return await store.save_assessment(work, work.record(decision))


async def hand_in(
    work: UnitOfWork,
    application_id: UUID,
    version: int,
    reviewer: Reviewer,
    scores: Sequence[Score],
    reason: str | None,
) -> Assessment:
    """Hand in a sheet, or another in its place. Raises like `save_draft`."""
    found = await _held(work, application_id)
    own = _own(found, reviewer, version)
    sheet = Sheet(tuple(scores), work.now, reason)
    decision = decisions.hand_in(found.application, found.programme, found.panel, own, sheet)
    return await store.save_assessment(work, work.record(decision))


async def declare_conflict(work: UnitOfWork, application_id: UUID, reviewer: Reviewer, reason: str) -> Assessment:
    """Step back from an application, whether it has been taken on or not. Raises `unknown-application` or a refusal."""
    found = await _held(work, application_id)
    decisions.must_be_impartial(found.application, found.panel, reviewer)
    own = found.panel.of(reviewer.subject)
    if own is None:
        own = Assessment(uuid7(), application_id, reviewer.subject, work.now)
        store.add_assessment(work, own)
        await work.session.flush()
    return await store.save_assessment(work, work.record(decisions.declare_conflict(own, Conflict(reason, work.now))))


async def _held(work: UnitOfWork, application_id: UUID) -> Opened:
    """The application, held until this work ends: of two who hand in at once, one is the second."""
    await hold_application(work, application_id)
    return require_found(await opened(work, application_id), "application")


def _own(found: Opened, reviewer: Reviewer, version: int) -> Assessment:
    decisions.must_be_impartial(found.application, found.panel, reviewer)
    own = found.panel.of(reviewer.subject)
    if own is None:
        raise Refused("assessment-not-taken")
    require_version(version, own.version)
    return own


def _taken(work: UnitOfWork, found: Opened, reviewer: Reviewer) -> Assessment:
    decision = decisions.take(found.application, found.programme, found.panel, reviewer, uuid7(), work.now)
    taken = work.record(decision)
    store.add_assessment(work, taken)
    return taken
