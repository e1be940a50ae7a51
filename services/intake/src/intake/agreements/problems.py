"""The problems that the agreements answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-agreement",
        Text("There is no such agreement"),
        Text("The address leads to no agreement, or to one that you may not see. Nothing was stored."),
        status=404,
    ),
    ProblemKind(
        "agreement-exists",
        Text("There is an agreement on this application already"),
        Text("The member `agreement_id` says which. Change that one. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "agreement-signed",
        Text("Both parties have signed already"),
        Text("What both parties have signed stays as it is. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "party-signed-already",
        Text("Your side has signed already"),
        Text("Each party signs once; the agreement waits for the other. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "start-before-acceptance",
        Text("The course would start before the application was accepted"),
        Text("The first day of the course is the day of the acceptance or a later one. Nothing was stored."),
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
        Text("The programme gives from one hour to a number that it sets. Nothing was stored."),
        sentence=Text("The programme gives from 1 to {at_most} hours."),
        status=422,
    ),
)
