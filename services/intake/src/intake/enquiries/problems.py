"""The problems that the enquiries answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-enquiry",
        Text("There is no such question"),
        Text(
            "Questions are shown to those who asked them and to the office. The list shows those that you may see. "
            "Nothing was stored."
        ),
        status=422,
        way="/enquiries",
    ),
    ProblemKind(
        "enquiry-answered",
        Text("The question has been answered already"),
        Text("An answer that has been read stays. Look at it, and ask or write again. Nothing was stored."),
        status=409,
        way="/enquiries",
    ),
)
