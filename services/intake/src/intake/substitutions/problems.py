"""The problems that the substitutions answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "substituted-already",
        Text("A daycare has been substituted already"),
        Text(
            "After the award one daycare may be substituted, and any that is no more. Choose one that is no more, or "
            "let it stay. Nothing was stored."
        ),
        status=409,
    ),
)
