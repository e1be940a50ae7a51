"""The problems that the materials answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "material-sent",
        Text("It has been sent already"),
        Text("What people have read stays as it is. Open the page anew to see what was sent. Nothing was stored."),
        sentence=Text("It has been sent already."),
        status=409,
        way="/gatherings",
    ),
)
