"""The problems that the applications answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "programme-without-applications",
        Text("The programme takes no applications"),
        Text(
            "One registers for this programme instead of applying. The list of gatherings shows when there is one. "
            "Nothing was stored."
        ),
        sentence=Text("One registers for this programme, and does not apply."),
        status=422,
        way="/gatherings",
    ),
    ProblemKind(
        "reason-missing",
        Text("A reason is missing"),
        Text("Whoever moves up from the waiting list moves past others: say why. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "unknown-late-code",
        Text("There is no such code"),
        Text("Look whether the code is written as you were given it. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "late-code-of-another",
        Text("The code is for another round or another municipality"),
        Text(
            "A code lets one municipality into one round after its deadline. Ask the coordinator for the one that you "
            "need. Nothing was stored."
        ),
        status=422,
    ),
    ProblemKind(
        "late-code-used",
        Text("The code has been used already"),
        Text("A code lets in one application. Ask the coordinator for another. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "round-missing",
        Text("The application names no round"),
        Text("The programme takes applications in rounds: name the round that is open. Nothing was stored."),
        sentence=Text("The programme takes applications in rounds: name the round that is open."),
        status=422,
    ),
    ProblemKind(
        "round-of-another-programme",
        Text("The round belongs to another programme"),
        Text("Name a round of the programme that is applied for. Nothing was stored."),
        sentence=Text("The round does not belong to the programme that is applied for."),
        status=422,
    ),
    ProblemKind(
        "daycare-listed-twice",
        Text("A daycare is listed twice"),
        Text("Name every daycare once. Nothing was stored."),
        status=422,
        members=Text("The member `daycares` names those that are listed more than once."),
        own_members=frozenset({"daycares"}),
    ),
    ProblemKind(
        "selection-astray",
        Text("Selection data of a daycare that does not take part"),
        Text(
            "Say on what data a daycare was chosen once for each that takes part, and for no other. Nothing was stored."
        ),
        status=422,
        members=Text("The member `daycares` names those that do not take part or are named twice."),
        own_members=frozenset({"daycares"}),
    ),
    ProblemKind(
        "application-refused",
        Text("The application does not meet the rules of the programme"),
        Text("The application shows which rules are not met, and why. Another application can be sent at any time."),
        status=422,
        way="/applications",
        members=Text(
            "The member `refusals` gives each rule that is not met, and the daycare it is about, in plain words."
        ),
    ),
    ProblemKind(
        "unknown-application",
        Text("There is no such application"),
        Text(
            "The address leads to no application, or to one that you may not see. The list shows those that you may "
            "see."
        ),
        status=404,
        way="/applications",
    ),
    ProblemKind(
        "application-not-open",
        Text("The application is not waiting for a decision"),
        Text(
            "Only an application that is submitted and not yet decided can be accepted. Open it to see where it "
            "stands. Nothing was stored."
        ),
        sentence=Text("The application is not waiting for a decision."),
        status=409,
        way="/applications",
    ),
    ProblemKind(
        "application-not-accepted",
        Text("The application is not accepted"),
        Text(
            "There is an agreement on an accepted application alone, and it is signed once. Open the application to "
            "see where it stands. Nothing was stored."
        ),
        sentence=Text("There is nothing to agree on: the application is not accepted, or was given up."),
        status=409,
        way="/applications",
    ),
    ProblemKind(
        "application-sealed",
        Text("The application is sealed until the deadline"),
        Text(
            "So that all are treated alike, nobody in the office reads an application before the round has closed. "
            "Open it when the deadline has passed."
        ),
        status=403,
        way="/applications",
    ),
    ProblemKind(
        "application-not-refused",
        Text("No rule has turned the application away"),
        Text(
            "Only a refused application can be let in all the same. Open it to see where it stands. Nothing was stored."
        ),
        status=409,
        way="/applications",
    ),
    ProblemKind(
        "verdicts-do-not-fit",
        Text("Something named did not turn the application away"),
        Text("Name the rules that the application shows as not met, each with its daycare. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "verdicts-left",
        Text("Not every rule that is not met was named"),
        Text("Every rule that is not met must be set aside, or the application stays refused. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "daycares-taken-meanwhile",
        Text("A daycare takes part in another application of the round by now"),
        Text("The other application counts. Talk to the applicant about which is to stay. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "newcomer-refused",
        Text("The daycare does not meet the rules of the programme"),
        Text("Choose another daycare, which meets them. Nothing was stored."),
        status=422,
        members=Text("The member `refusals` gives each rule that it does not meet, in plain words."),
        own_members=frozenset({"refusals"}),
    ),
    ProblemKind(
        "daycare-not-in-application",
        Text("The daycare takes no part in the application"),
        Text("Only a daycare that takes part can leave. Choose one of those. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "daycare-in-application",
        Text("The daycare takes part in the application already"),
        Text("Choose one that takes no part yet. Nothing was stored."),
        status=422,
    ),
)
