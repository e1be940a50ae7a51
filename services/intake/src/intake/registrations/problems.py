"""The problems that the registrations answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "registration-closed",
        Text("Registration is closed"),
        Text(
            "People register until the last day that was announced, and for gatherings that take place. The list "
            "shows those that you can still register for."
        ),
        sentence=Text("People could register until {deadline}."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "not-the-audience",
        Text("The gathering is not for everybody who is registered"),
        Text(
            "Choose another position for whoever it is not for, or register them for another gathering. Nothing was "
            "stored."
        ),
        sentence=Text("This gathering is for: {audiences}."),
        status=422,
        way="/gatherings",
        members=Text("The member `attendee` of `parameters` counts the person from 1."),
    ),
    ProblemKind(
        "municipality-not-on-a-course",
        Text("The gathering is for municipalities on a course"),
        Text(
            "Only people from municipalities whose application has been accepted can register. Choose such a "
            "municipality, or another gathering. Nothing was stored."
        ),
        sentence=Text("This gathering is for municipalities that take part in a course. Choose one that does."),
        status=422,
        way="/gatherings",
    ),
    ProblemKind(
        "group-missing",
        Text("A workshop must be chosen"),
        Text("Choose a workshop for everybody who comes. Nothing was stored."),
        sentence=Text("Choose a workshop."),
        status=422,
        members=Text("The member `attendee` of `parameters` counts the person from 1."),
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
        Text("So many wait that more would wait for nothing. Choose another gathering. Nothing was stored."),
        sentence=Text("So many wait already that you would wait for nothing. Please come another time."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "unknown-registration",
        Text("There is no such registration"),
        Text(
            "Look whether you have the whole link from the e-mail. What is not confirmed within some days is deleted. "
            "The list shows what you can register for."
        ),
        status=404,
        way="/gatherings",
    ),
    ProblemKind(
        "registration-unconfirmed",
        Text("The registration has not been confirmed"),
        Text("Nobody has a place before whoever reads the e-mails of the address has confirmed it. Confirm it first."),
        status=409,
    ),
    ProblemKind(
        "registration-cancelled",
        Text("The registration has been cancelled already"),
        Text("Nothing more needs to be done. You can register again while there is room."),
        sentence=Text("The registration has been cancelled already."),
        status=409,
        way="/gatherings",
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
        Text(
            "The place has gone to the next. If you have not said no, you are still on the list and hear of the next "
            "gathering."
        ),
        sentence=Text("The time to answer is over, and the place has gone to the next."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "offer-answered",
        Text("There is nothing to answer"),
        Text(
            "No place has been offered, or it has been answered already. You need do nothing more. Nothing was stored."
        ),
        sentence=Text("There is nothing to answer, or you have done so already."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "gathering-not-begun",
        Text("The gathering has not begun"),
        Text("Who was there is noted from the first day on. Come back then. Nothing was stored."),
        sentence=Text("Who was there is noted from {starts_on} on."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "unknown-attendee",
        Text("Somebody had no place"),
        Text(
            "Only those who had a place, or were there, can be noted. Open the page anew and choose among them. "
            "Nothing was stored."
        ),
        sentence=Text("Somebody who is named had no place, or was not there."),
        status=422,
    ),
)
