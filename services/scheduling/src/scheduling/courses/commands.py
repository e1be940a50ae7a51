"""What is done to courses, the same from a page and through the API: load, decide, save, publish."""

from uuid import UUID

from scheduling.consultants.queries import corps
from scheduling.courses import decisions, store
from scheduling.courses.model import Course
from scheduling.recounting import recount_soon
from shared.errors import require_found, require_version
from shared.office import office_date
from shared.work import UnitOfWork


async def complete_phase(work: UnitOfWork, id: UUID, phase: str, version: int) -> Course:
    """Complete a phase of what stood at `version`. Raises `unknown-course`, `stale-version`, or a refusal."""
    course = await _course(work, id, version)
    decision = decisions.complete_phase(course, phase, office_date(work.now))
    await store.save_course(work, decision.state)
    work.record(decision)
    recount_soon(work)
    return decision.state


async def form_team(work: UnitOfWork, id: UUID, version: int) -> Course:
    """Find a team for what stood at `version`. Raises `unknown-course`, `stale-version`, or a refusal."""
    course = await _course(work, id, version)
    decision = decisions.form_team(course, await corps(work), office_date(work.now))
    await store.save_course(work, decision.state)
    work.record(decision)
    return decision.state


async def _course(work: UnitOfWork, id: UUID, version: int) -> Course:
    course = require_found(await store.lock_course(work, id), "course")
    require_version(version, course.version)
    return course
