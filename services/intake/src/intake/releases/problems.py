"""The problems that the releases answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "preparation-without-reason",
        Text("The decision has no reason"),
        Text(
            "Only a yes to a submitted application needs no reason. Write the reason, and send it again. Nothing was "
            "stored."
        ),
        status=422,
    ),
    ProblemKind(
        "nothing-to-release",
        Text("Nothing can be released"),
        Text(
            "Nothing is prepared in this round that still fits its application. Prepare a decision first. Nothing was "
            "stored."
        ),
        status=409,
        way="/programmes",
    ),
)
