"""The problems that the letters answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-letter",
        Text("There is no such letter"),
        Text("The address leads to no letter, or to one that you may not see. The list shows those that you may see."),
        status=404,
        way="/letters",
    ),
    ProblemKind(
        "letter-not-draft",
        Text("The letter is no draft any more"),
        Text(
            "It has been approved or let rest, or a later decision has made it void. Open it to see where it stands. "
            "Nothing was changed."
        ),
        status=409,
        way="/letters",
    ),
    ProblemKind(
        "letter-not-approved",
        Text("The letter has not been approved"),
        Text("Only an approved letter is sent. Approve it first. Nothing was changed."),
        status=409,
        way="/letters",
    ),
    ProblemKind(
        "letter-not-printed",
        Text("The letter cannot become a PDF"),
        Text(
            "It takes too much to print what is written in it. Shorten the letter, and try again. Nothing was changed."
        ),
        status=422,
        way="/letters",
    ),
    ProblemKind(
        "letter-must-go-out",
        Text("The letter has to go out"),
        Text(
            "It tells of a decision that somebody has made, which has to be in writing. Put it into the right words, "
            "and approve it. Nothing was changed."
        ),
        status=409,
        way="/letters",
    ),
    ProblemKind(
        "letter-posted",
        Text("The letter has been sent by post already"),
        Text("Somebody has noted it before you. You need do nothing more. Nothing was changed."),
        status=409,
        way="/letters",
    ),
)
