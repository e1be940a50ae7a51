"""What a service does when something has happened, in the order in which it was declared."""

from shared.contracts.base import Event
from shared.contracts.intake.applications import ApplicationAccepted, ApplicationSubmitted
from shared.contracts.scheduling.courses import CourseOpened, PhaseStarted
from shared.events.handlers import Function, Handler, Handlers
from shared.work import UnitOfWork


async def count(event: Event, work: UnitOfWork) -> None: ...


async def open_course(event: Event, work: UnitOfWork) -> None: ...


async def write_letter(event: Event, work: UnitOfWork) -> None: ...


def reactions(*pairs: tuple[type[Event], Function[Event]]) -> Handlers:
    """Handlers declared one after the other, as a slice does."""
    on = Handlers()
    for event, function in pairs:
        on(event)(function)
    return on


def test_a_declared_function_stays_what_it_is() -> None:
    assert Handlers()(ApplicationAccepted)(open_course) is open_course


def test_a_handler_is_called_what_its_function_is_called() -> None:
    assert Handler(ApplicationAccepted, open_course).name == "open_course"


def test_reactions_to_an_event_come_in_the_order_in_which_they_were_declared() -> None:
    on = reactions((ApplicationAccepted, write_letter), (CourseOpened, count), (ApplicationAccepted, open_course))
    assert on.of("dk.praksis.intake.ApplicationAccepted.v1") == (
        Handler(ApplicationAccepted, write_letter),
        Handler(ApplicationAccepted, open_course),
    )


def test_nobody_reacts_to_an_event_of_another_type() -> None:
    on = reactions((ApplicationAccepted, open_course))
    assert on.of("dk.praksis.intake.ApplicationAccepted.v2") == on.of("") == ()


def test_one_function_may_react_to_several_events() -> None:
    on = reactions((ApplicationAccepted, count), (ApplicationSubmitted, count))
    assert [on.of(event.type_name()) for event in (ApplicationAccepted, ApplicationSubmitted)] == [
        (Handler(ApplicationAccepted, count),),
        (Handler(ApplicationSubmitted, count),),
    ]


def test_the_events_are_listed_once_each_by_routing_key() -> None:
    on = reactions(
        (PhaseStarted, count), (ApplicationAccepted, open_course), (PhaseStarted, write_letter), (CourseOpened, count)
    )
    assert on.events == (ApplicationAccepted, CourseOpened, PhaseStarted)


def test_nothing_is_listed_where_nothing_was_declared() -> None:
    assert (Handlers().events, Handlers.together().events) == ((), ())


def test_slices_together_react_in_the_order_in_which_they_are_named() -> None:
    letters = reactions((ApplicationAccepted, write_letter))
    courses = reactions((PhaseStarted, count), (ApplicationAccepted, open_course), (ApplicationAccepted, count))
    together = Handlers.together(letters, courses)
    assert together.of(ApplicationAccepted.type_name()) == (
        Handler(ApplicationAccepted, write_letter),
        Handler(ApplicationAccepted, open_course),
        Handler(ApplicationAccepted, count),
    )
    assert together.of(PhaseStarted.type_name()) == (Handler(PhaseStarted, count),)


def test_slices_stay_what_they_are_when_they_are_put_together() -> None:
    letters, courses = reactions((ApplicationAccepted, write_letter)), reactions((ApplicationAccepted, open_course))
    Handlers.together(letters, courses)
    assert letters.of(ApplicationAccepted.type_name()) == (Handler(ApplicationAccepted, write_letter),)
    assert courses.of(ApplicationAccepted.type_name()) == (Handler(ApplicationAccepted, open_course),)
