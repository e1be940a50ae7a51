"""The problems that intake alone can answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-programme",
        Text("There is no such programme"),
        Text("The list of programmes shows which there are. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "programme-not-offered",
        Text("The programme is not offered on this day"),
        Text("The programme exists, but none of its versions is in force. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "programme-changed",
        Text("A published version of a programme has changed"),
        Text("What has judged a case stays as it was: give what has changed a version of its own."),
        status=409,
    ),
    ProblemKind(
        "programme-without-rounds",
        Text("The programme has no rounds"),
        Text("The programme takes applications at any time, so no round can be opened for it."),
        sentence=Text("The programme takes applications at any time, so it has no rounds."),
        status=422,
    ),
    ProblemKind(
        "programme-without-applications",
        Text("The programme takes no applications"),
        Text("One registers for this programme instead of applying. Nothing was stored."),
        sentence=Text("One registers for this programme, and does not apply."),
        status=422,
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
        Text("A round is opened with a deadline in the future. Nothing was stored."),
        sentence=Text("The deadline {deadline} has passed already."),
        status=422,
    ),
    ProblemKind(
        "round-missing",
        Text("The application names no round"),
        Text("The programme takes applications in rounds: name the round that is open. Nothing was stored."),
        sentence=Text("The programme takes applications in rounds: name the round that is open."),
        status=422,
    ),
    ProblemKind(
        "unknown-round",
        Text("There is no such round"),
        Text("The list of rounds shows which there are. Nothing was stored."),
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
        "unknown-municipality",
        Text("There is no such municipality"),
        Text("A municipality is named by its four digits, such as 0390. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "other-municipality",
        Text("You do not belong to this municipality"),
        Text("You can register daycares and apply only in the municipality that you belong to. Nothing was stored."),
        status=403,
    ),
    ProblemKind(
        "daycare-known",
        Text("A daycare with this P-number is registered already"),
        Text("A P-number belongs to one place only. Find the daycare in the list of daycares. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "unknown-daycare",
        Text("A daycare is not registered"),
        Text("Where several were named, the member `daycares` lists those. Register them first. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "daycare-ended",
        Text("A daycare is no more"),
        Text("The member `daycares` names those that have merged, been split, moved or closed. Nothing was stored."),
        sentence=Text("No longer there: {daycares}."),
        status=409,
    ),
    ProblemKind(
        "successors-do-not-fit",
        Text("The number of daycares that follow does not fit"),
        Text("One follows a merger or a move, two or more a split, none a closing. Nothing was stored."),
        sentence=Text("{count} follow, but there must be from {at_least} to {at_most}."),
        status=422,
    ),
    ProblemKind(
        "successor-of-itself",
        Text("A daycare cannot follow itself"),
        Text("Name the daycares that are there now. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "not-a-table",
        Text("The file is no table of daycares"),
        Text("A CSV or XLSX file is wanted, with the headings of the export in its first row. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "daycare-listed-twice",
        Text("A daycare is listed twice"),
        Text("The member `daycares` names those that are listed more than once. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "application-refused",
        Text("The application does not meet the rules of the programme"),
        Text("The member `refusals` gives each rule that is not met, and the daycare it is about, in plain words."),
        status=422,
    ),
    ProblemKind(
        "unknown-application",
        Text("There is no such application"),
        Text("The address leads to no application, or to one that you may not see."),
        status=404,
    ),
    ProblemKind(
        "application-not-open",
        Text("The application is not waiting for a decision"),
        Text("Only an application that is submitted and not yet decided can be accepted."),
        sentence=Text("The application is not waiting for a decision."),
        status=409,
    ),
)
