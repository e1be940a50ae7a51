"""The problems that the drafts answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "programme-not-offered",
        Text("The programme is not offered on this day"),
        Text(
            "It exists, but cannot be applied for at present. The list of programmes shows what can be. Nothing was "
            "stored."
        ),
        status=422,
        way="/programmes",
        members=Text("None of the versions of the programme is in force."),
    ),
    ProblemKind(
        "unknown-draft",
        Text("There is no such draft"),
        Text(
            "The address or the link leads to no draft, to one that you may not see, or to one that has been "
            "thrown away. Whoever writes in a draft can throw it away for all who do: ask them. Look also whether you "
            "have the whole link. What you write on stands under Apply."
        ),
        status=404,
        way="/apply",
    ),
    ProblemKind(
        "draft-sent",
        Text("The application has been sent already"),
        Text("What was sent stands among the applications and cannot be changed any more. Nothing was stored."),
        status=409,
        way="/applications",
    ),
    ProblemKind(
        "draft-incomplete",
        Text("Something is missing in the application"),
        Text("The steps of the draft say what. It can be sent as soon as they are done. Nothing was sent."),
        sentence=Text("Still to be filled in: {steps}."),
        status=422,
    ),
    ProblemKind(
        "draft-against-rules",
        Text("The application would be refused"),
        Text("The draft shows which rules are not met. It can be changed, or sent even so."),
        status=422,
        members=Text("The member `refusals` gives each rule that is not met."),
    ),
    ProblemKind(
        "draft-of-another-municipality",
        Text("You belong to another municipality"),
        Text(
            "An application is written together only within the municipality that applies. Ask whoever sent you the "
            "link. Nothing was stored."
        ),
        status=403,
    ),
    ProblemKind(
        "too-many-drafts",
        Text("You have too many drafts"),
        Text("Send one of them, or throw one away that is not needed, and begin anew. They are on the page Apply."),
        sentence=Text("You have {most} drafts that have not been sent; there can be no more at once."),
        status=409,
        way="/apply",
    ),
    ProblemKind(
        "too-many-drafts-of-municipality",
        Text("The municipality has too many drafts"),
        Text("Ask your colleagues to send theirs or to throw away those that are not needed, and begin anew."),
        sentence=Text("The municipality has {most} drafts that have not been sent; there can be no more at once."),
        status=409,
        way="/apply",
    ),
)
