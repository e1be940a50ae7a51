"""The problems that the consultants answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-consultant",
        Text("There is no such consultant"),
        Text("The address leads to nobody in the corps. The page on capacity shows who is in it."),
        status=404,
        way="/capacity",
    ),
)
