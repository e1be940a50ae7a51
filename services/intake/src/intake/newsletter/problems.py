"""The problems that the newsletter answers with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-subscription",
        Text("There is no such subscription"),
        Text(
            "Look whether you have the whole link from the e-mail. You may also have unsubscribed since; then you can "
            "ask for the newsletters again."
        ),
        status=404,
    ),
    ProblemKind(
        "subscription-lapsed",
        Text("The time to confirm is over"),
        Text("Ask for the newsletters once more, and follow the link in the new e-mail."),
        sentence=Text("The time to confirm is over. Ask for the newsletters once more."),
        status=409,
    ),
    ProblemKind(
        "unknown-newsletter",
        Text("There is no such newsletter"),
        Text("The list of newsletters shows which there are. Nothing was stored."),
        status=404,
        way="/newsletters",
    ),
    ProblemKind(
        "newsletter-released",
        Text("The newsletter has been sent already"),
        Text(
            "What is on its way to its readers can be neither changed nor sent again. Write a new one if there is "
            "more to tell. Nothing was stored."
        ),
        sentence=Text("The newsletter has been sent already."),
        status=409,
        way="/newsletters",
    ),
    ProblemKind(
        "nobody-subscribes",
        Text("Nobody reads about this"),
        Text(
            "Nobody has confirmed that they want newsletters on these topics. Choose other topics, or wait until "
            "somebody has. Nothing was sent."
        ),
        sentence=Text("Nobody has confirmed that they want newsletters on these topics."),
        status=409,
        way="/newsletters",
    ),
)
