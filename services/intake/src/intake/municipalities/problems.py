"""The problems that the municipalities answer with."""

from intake.municipalities.texts import MERGED
from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-municipality",
        Text("There is no such municipality"),
        Text("A municipality is named by its four digits, such as 0390. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "other-municipality",
        Text("You do not belong to this municipality"),
        Text(
            "You can register daycares and apply only in the municipality that you belong to. If you belong to "
            "another by now, ask those who look after your account to change it. Nothing was stored."
        ),
        status=403,
    ),
    ProblemKind(
        "municipality-merged",
        Text("The municipality is part of another"),
        Text(
            "What was open in it has moved, and nothing new begins in it. Use the municipality that it is part of. If "
            "your account still names the former one, you can go on with what you had; to begin anew, ask those who "
            "look after your account to change it. Nothing was stored."
        ),
        sentence=MERGED,
    ),
    ProblemKind(
        "merger-into-itself",
        Text("A municipality cannot become part of itself"),
        Text("Name the municipality that is no more, and the one that it is part of. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "merger-not-yet",
        Text("The merger has not taken effect"),
        Text("A merger is noted on its first day or later, since what is open moves at once. Nothing was stored."),
        sentence=Text("The merger takes effect only on {on}."),
        status=422,
    ),
    ProblemKind(
        "merger-before-another",
        Text("The merger would lie before an earlier one"),
        Text(
            "A municipality that took in another was there on that day. Choose a later day, or another municipality. "
            "Nothing was stored."
        ),
        sentence=Text("Another municipality became part of this one only on {on}."),
        status=422,
    ),
)
