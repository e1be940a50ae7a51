"""The problems that the clarifications answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-clarification",
        Text("There is no such question"),
        Text(
            "Questions about an application are shown to those who applied and to the office. Open the application to "
            "see which there are. Nothing was stored."
        ),
        status=404,
        way="/applications",
    ),
    ProblemKind(
        "clarification-answered",
        Text("The question has been answered already"),
        Text("An answer that has been read stays. Look at it, and ask or write again. Nothing was stored."),
        status=409,
    ),
)
