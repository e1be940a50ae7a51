"""The problems that the assessments answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "assessment-over",
        Text("The application is not assessed any more"),
        Text(
            "An application is assessed until somebody decides on it. The list of assessments shows what still lacks "
            "reviewers. Nothing was stored."
        ),
        status=409,
        way="/assessments",
    ),
    ProblemKind(
        "assessment-taken",
        Text("You have taken on this application already"),
        Text("Open it in your list of assessments. Nothing was stored."),
        status=409,
        way="/assessments",
    ),
    ProblemKind(
        "assessment-too-late",
        Text("The application has been assessed already"),
        Text(
            "You could have read what the others say, so you can no longer assess it by yourself. Take on another in "
            "the list of assessments. Nothing was stored."
        ),
        status=409,
        way="/assessments",
    ),
    ProblemKind(
        "assessment-not-taken",
        Text("You have not taken on this application"),
        Text("Take it on in the list of assessments first. Nothing was stored."),
        status=409,
        way="/assessments",
    ),
    ProblemKind(
        "assessment-handed-in",
        Text("You have handed in your scores already"),
        Text("They can be changed with a reason until the application is decided on. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "change-without-reason",
        Text("The change has no reason"),
        Text("Say why you change what you have handed in. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "criteria-do-not-fit",
        Text("The scores do not fit the criteria"),
        Text("Each criterion of the programme is given one score, and no other is. Nothing was stored."),
        sentence=Text("These are no criteria of the programme, or stand there twice: {criteria}."),
        status=422,
    ),
    ProblemKind(
        "points-off-the-scale",
        Text("A score lies outside its scale"),
        Text("Each criterion has a scale of its own, from 0 on. Choose a number on it. Nothing was stored."),
        sentence=Text("The highest score of {criterion} is {highest}."),
        status=422,
    ),
    ProblemKind(
        "scores-missing",
        Text("Not every criterion has a score"),
        Text("Give every criterion a score before you hand in. Nothing was stored."),
        sentence=Text("These criteria have no score: {criteria}."),
        status=422,
    ),
    ProblemKind(
        "own-application",
        Text("It is your own application"),
        Text("Nobody assesses what they have applied for themselves. Choose another in the list of assessments."),
        status=403,
        way="/assessments",
    ),
    ProblemKind(
        "own-municipality",
        Text("You are employed by the municipality that applies"),
        Text(
            "To be impartial, reviewers neither see nor assess applications from the municipality that employs them. "
            "Choose another in the list of assessments."
        ),
        status=403,
        way="/assessments",
    ),
    ProblemKind(
        "conflict-declared",
        Text("You have stepped back from this application"),
        Text(
            "You have declared a conflict of interest, so you neither see nor assess the application. Choose another "
            "in the list of assessments."
        ),
        status=403,
        way="/assessments",
    ),
)
