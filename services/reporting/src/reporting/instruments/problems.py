"""The problems that the instruments answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-course",
        Text("There is no such course"),
        Text("The address leads to no course, or reporting has not heard of it yet. Try again in a moment."),
        status=404,
        way="/",
    ),
    ProblemKind(
        "daycare-not-in-course",
        Text("The daycare takes no part in the course"),
        Text("Only daycares that take part in the course are observed. Choose one of them. Nothing was stored."),
        sentence=Text("The daycare takes no part in the course."),
        status=422,
        way="/",
    ),
    ProblemKind(
        "instrument-not-owed",
        Text("The phase does not ask for this instrument"),
        Text("The programme says which instruments a phase asks for. Choose one of them. Nothing was stored."),
        sentence=Text("The phase does not ask for this instrument in this way."),
        status=422,
        way="/",
    ),
    ProblemKind(
        "phase-not-running",
        Text("The phase is not running"),
        Text(
            "Instruments are recorded while their phase is running. See on the overview which phase that is. Nothing "
            "was stored."
        ),
        sentence=Text("The phase is not running now."),
        status=409,
        way="/",
    ),
    ProblemKind(
        "measured-already",
        Text("The instrument is in already"),
        Text(
            "A survey is recorded once per phase, an observation once per phase and daycare. Nothing more needs to be "
            "done. Nothing was stored."
        ),
        sentence=Text("The instrument has been recorded for this phase already."),
        status=409,
        way="/",
    ),
    ProblemKind(
        "day-outside-phase",
        Text("The day lies outside the phase"),
        Text("Choose a day from the start of the phase until today. Nothing was stored."),
        sentence=Text("The day {on} does not lie between the start of the phase on {started_on} and today, {today}."),
        status=422,
        way="/",
    ),
)
