"""What the instruments follow."""

from uuid import UUID

from reporting.instruments import store
from reporting.instruments.model import MeasuredCourse, MeasuredPhase
from shared.contracts.scheduling.courses import CourseOpened, DaycareReplaced, PhaseCompleted, PhaseStarted
from shared.errors import NotHeardOf
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(CourseOpened)
async def measure_course(opened: CourseOpened, work: UnitOfWork) -> None:
    course = MeasuredCourse(
        id=opened.course_id,
        municipality=opened.municipality,
        programme=opened.programme,
        opened_on=opened.on,
        daycares=opened.daycares,
        phases=tuple(MeasuredPhase(phase.name, phase.names, phase.owes) for phase in opened.phases),
    )
    store.add_course(work, course)


@on(PhaseStarted)
async def start_measuring(started: PhaseStarted, work: UnitOfWork) -> None:
    course = await _course(work, started.course_id)
    await store.save_course(work, course.with_started(started.phase, started.on))


@on(PhaseCompleted)
async def stop_measuring(completed: PhaseCompleted, work: UnitOfWork) -> None:
    course = await _course(work, completed.course_id)
    await store.save_course(work, course.with_ended(completed.phase))


@on(DaycareReplaced)
async def measure_another(replaced: DaycareReplaced, work: UnitOfWork) -> None:
    course = await _course(work, replaced.course_id)
    await store.save_course(work, course.with_replaced(replaced.left, replaced.joined))


async def _course(work: UnitOfWork, course_id: UUID) -> MeasuredCourse:
    course = await store.lock_course(work, course_id)
    if course is None:
        raise NotHeardOf("course", course=str(course_id))
    return course
