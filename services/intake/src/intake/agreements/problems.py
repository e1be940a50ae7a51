"""The problems that the agreements answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-agreement",
        Text("There is no such agreement"),
        Text(
            "The address leads to no agreement, or to one that you may not see. The list shows those that you may "
            "see. Nothing was stored."
        ),
        status=404,
        way="/agreements",
    ),
    ProblemKind(
        "agreement-exists",
        Text("There is an agreement on this application already"),
        Text("Open the agreement that there is, and change that one. Nothing was stored."),
        status=409,
        way="/agreements",
        members=Text("The member `agreement_id` says which agreement there is."),
        own_members=frozenset({"agreement_id"}),
    ),
    ProblemKind(
        "agreement-signed",
        Text("Both parties have signed already"),
        Text("What both parties have signed stays as it is. You can read it at any time. Nothing was stored."),
        status=409,
        way="/agreements",
    ),
    ProblemKind(
        "party-signed-already",
        Text("Your side has signed already"),
        Text("Each party signs once. You need do nothing more: the agreement waits for the other. Nothing was stored."),
        status=409,
        way="/agreements",
    ),
    ProblemKind(
        "start-before-acceptance",
        Text("The course would start before the application was accepted"),
        Text("Choose the day of the acceptance or a later one as the first day of the course. Nothing was stored."),
        sentence=Text("The application was accepted on {accepted_on}; the course cannot start before."),
        status=422,
    ),
    ProblemKind(
        "start-outside-window",
        Text("The course would end after the programme does"),
        Text("Choose an earlier start. Nothing was stored."),
        sentence=Text("The programme runs until {runs_until}, and the course would end after that."),
        status=422,
    ),
    ProblemKind(
        "start-passed",
        Text("The first day of the course has passed"),
        Text("Let a caseworker choose a later start; then both parties can sign. Nothing was stored."),
        sentence=Text("The course was to start on {starts_on}, which has passed. Choose a later start first."),
        status=409,
    ),
    ProblemKind(
        "hours-outside-cap",
        Text("The hours do not fit the programme"),
        Text("Choose a number of hours that the programme gives. Nothing was stored."),
        sentence=Text("The programme gives from 1 to {at_most} hours."),
        status=422,
    ),
)
