"""The problems that the materials answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "material-sent",
        Text("It has been sent already"),
        Text("What people have read stays as it is. Nothing was stored."),
        sentence=Text("It has been sent already."),
        status=409,
    ),
)
