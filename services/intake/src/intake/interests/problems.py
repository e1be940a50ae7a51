"""The problems that the interests answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-interest",
        Text("There is no such place on a list"),
        Text(
            "Look whether you have the whole link from the e-mail. It may also have been deleted since; then you can "
            "put yourself down again from the list of gatherings."
        ),
        status=404,
        way="/gatherings",
    ),
    ProblemKind(
        "not-for-you",
        Text("The programme is for others"),
        Text("The page of the programme says whom it is for. Nothing was stored."),
        sentence=Text("This is for: {audiences}."),
        status=422,
        way="/programmes",
    ),
)
