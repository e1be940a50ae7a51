"""The problems that the registrations answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "registration-closed",
        Text("Registration is closed"),
        Text("People register until the last day that was announced, and for gatherings that take place."),
        sentence=Text("People could register until {deadline}."),
        status=409,
    ),
    ProblemKind(
        "not-the-audience",
        Text("The gathering is not for everybody who is registered"),
        Text("The member `attendee` of `parameters` counts the person from 1. Nothing was stored."),
        sentence=Text("This gathering is for: {audiences}."),
        status=422,
    ),
    ProblemKind(
        "municipality-not-on-a-course",
        Text("The gathering is for municipalities on a course"),
        Text("Only people from municipalities whose application has been accepted can register. Nothing was stored."),
        sentence=Text("This gathering is for municipalities that take part in a course. Choose one that does."),
        status=422,
    ),
    ProblemKind(
        "group-missing",
        Text("A workshop must be chosen"),
        Text("The member `attendee` of `parameters` counts the person from 1. Nothing was stored."),
        sentence=Text("Choose a workshop."),
        status=422,
    ),
    ProblemKind(
        "party-too-large",
        Text("So many people can never come together"),
        Text("The party would not fit if nobody else came. Register fewer people. Nothing was stored."),
        sentence=Text("The gathering, or a workshop you have chosen, has not so many places. Register fewer people."),
        status=422,
    ),
    ProblemKind(
        "waiting-list-full",
        Text("The waiting list is full"),
        Text("So many wait that more would wait for nothing. Nothing was stored."),
        sentence=Text("So many wait already that you would wait for nothing. Please come another time."),
        status=409,
    ),
    ProblemKind(
        "unknown-registration",
        Text("There is no such registration"),
        Text("Look whether you have the whole link from the e-mail. It may also have been deleted since."),
        status=404,
    ),
    ProblemKind(
        "registration-cancelled",
        Text("The registration has been cancelled already"),
        Text("Nothing more needs to be done. You can register again while there is room."),
        sentence=Text("The registration has been cancelled already."),
        status=409,
    ),
    ProblemKind(
        "group-full",
        Text("The workshop is full"),
        Text("Choose another workshop, and answer again. Nothing was stored."),
        sentence=Text("This workshop is full. Choose another."),
        status=409,
    ),
    ProblemKind(
        "offer-lapsed",
        Text("The time to answer is over"),
        Text("The place has gone to the next. Whoever has not said no is still on the list for another time."),
        sentence=Text("The time to answer is over, and the place has gone to the next."),
        status=409,
    ),
    ProblemKind(
        "offer-answered",
        Text("There is nothing to answer"),
        Text("No place has been offered, or it has been answered already. Nothing was stored."),
        sentence=Text("There is nothing to answer, or you have done so already."),
        status=409,
    ),
    ProblemKind(
        "gathering-not-begun",
        Text("The gathering has not begun"),
        Text("Who was there is noted from the first day on. Nothing was stored."),
        sentence=Text("Who was there is noted from {starts_on} on."),
        status=409,
    ),
    ProblemKind(
        "unknown-attendee",
        Text("Somebody had no place"),
        Text("Only those who had a place, or were there, can be noted. Nothing was stored."),
        sentence=Text("Somebody who is named had no place, or was not there."),
        status=422,
    ),
)
