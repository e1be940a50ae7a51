"""The problems that the organisations answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "daycare-known",
        Text("A daycare with this P-number is registered already"),
        Text("A P-number belongs to one place only. Find the daycare in the list of daycares. Nothing was stored."),
        status=409,
        way="/daycares",
        own_members=frozenset({"p_number"}),
    ),
    ProblemKind(
        "unknown-daycare",
        Text("A daycare is not registered"),
        Text("It must be registered before it can be used. The list shows those that are. Nothing was stored."),
        status=422,
        way="/daycares",
        members=Text("Where several were named, the member `daycares` lists those that are not registered."),
        own_members=frozenset({"daycares"}),
    ),
    ProblemKind(
        "daycare-ended",
        Text("A daycare is no more"),
        Text("It has merged, been split, moved or closed. Choose one that is there now. Nothing was stored."),
        sentence=Text("No longer there: {daycares}."),
        status=409,
        way="/daycares",
        members=Text("The member `daycares` names those that have merged, been split, moved or closed."),
        own_members=frozenset({"daycares"}),
    ),
    ProblemKind(
        "successors-do-not-fit",
        Text("The number of daycares that follow does not fit"),
        Text("Name one after a merger or a move, two or more after a split, none after a closing. Nothing was stored."),
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
)
