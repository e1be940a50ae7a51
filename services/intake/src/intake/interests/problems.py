"""The problems that the interests answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-interest",
        Text("There is no such place on a list"),
        Text(
            "Look whether you have the whole link from the e-mail. What is not confirmed within some days is deleted; "
            "then you can put yourself down again from the list of gatherings."
        ),
        status=404,
        way="/gatherings",
    ),
    ProblemKind(
        "interest-unconfirmed",
        Text("The place on the list has not been confirmed"),
        Text("Nobody is on a list before whoever reads the e-mails of the address has confirmed it. Confirm it first."),
        status=409,
    ),
    ProblemKind(
        "not-for-you",
        Text("The programme is for others"),
        Text("The page of the programme says whom it is for. Nothing was stored."),
        sentence=Text("This is for: {audiences}."),
        status=422,
        way="/programmes",
    ),
)
