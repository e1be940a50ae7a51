"""What intake learns of the corps."""

from dataclasses import replace

from intake.capacity.model import Corps
from shared.contracts.scheduling.capacity import CORPS, CapacityForecast
from shared.contracts.scheduling.courses import CourseOpened
from shared.folds import Fold

corps = Fold(Corps)


@corps.on(CapacityForecast, key=lambda told: told.corps)
def keep_forecast(known: Corps | None, told: CapacityForecast) -> Corps:
    before = known or Corps(told.corps)
    if before.forecast is not None and before.forecast.as_of > told.as_of:
        return before
    # scheduling tells of a course before it tells the forecast that knows it
    return replace(before, forecast=told, counted=before.counted | before.uncounted, uncounted=frozenset())


@corps.on(CourseOpened, key=lambda _: CORPS)
def note_course(known: Corps | None, opened: CourseOpened) -> Corps:
    before = known or Corps(CORPS)
    if opened.application_id in before.counted:
        return before
    return replace(before, uncounted=before.uncounted | {opened.application_id})
