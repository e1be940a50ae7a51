"""The problems that the rounds answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "programme-without-rounds",
        Text("The programme has no rounds"),
        Text(
            "The programme takes applications at any time, so no round can be opened for it. Choose another "
            "programme. Nothing was stored."
        ),
        sentence=Text("The programme takes applications at any time, so it has no rounds."),
        status=422,
        way="/programmes",
    ),
    ProblemKind(
        "round-closes-before-it-opens",
        Text("The round would close before it opens"),
        Text("The deadline must be the day on which the round opens, or a later one. Nothing was stored."),
        sentence=Text("The deadline {deadline} lies before the opening on {opens_on}."),
        status=422,
    ),
    ProblemKind(
        "round-already-over",
        Text("The deadline has passed already"),
        Text("Choose a deadline that is still to come. Nothing was stored."),
        sentence=Text("The deadline {deadline} has passed already."),
        status=422,
    ),
    ProblemKind(
        "round-not-later",
        Text("The new deadline is no later"),
        Text("Choose a deadline that lies after the one that the round has. Nothing was stored."),
        sentence=Text("The deadline is {deadline} already."),
        status=422,
    ),
    ProblemKind(
        "unknown-round",
        Text("There is no such round"),
        Text("The list of rounds shows which there are. Nothing was stored."),
        status=422,
        way="/programmes",
    ),
)
