"""The problems that the courses answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-course",
        Text("There is no such course"),
        Text("The address leads to no course, or to one that you may not see."),
        status=404,
    ),
    ProblemKind(
        "phase-not-running",
        Text("The phase is not running"),
        Text("Only the phase that is running can be completed. Nothing was changed."),
        sentence=Text("The phase is not running, so it cannot be completed."),
        status=409,
    ),
    ProblemKind(
        "phase-owes",
        Text("The phase still owes something"),
        Text("The list `missing` in `parameters` names the instruments that are not in yet. Nothing was changed."),
        sentence=Text("The phase cannot be completed yet. Instruments that it owes and that are not in: {count}."),
        status=409,
    ),
    ProblemKind(
        "course-over",
        Text("The course is over"),
        Text("A completed course gets no new team. Nothing was changed."),
        sentence=Text("The course is completed."),
        status=409,
    ),
    ProblemKind(
        "team-assigned-already",
        Text("The course has its team"),
        Text("A team is formed only for a course that has none. Nothing was changed."),
        sentence=Text("The course has its team already."),
        status=409,
    ),
    ProblemKind(
        "no-team-covers",
        Text("No team has the skills"),
        Text("No consultants together have every skill that the course needs. Nothing was changed."),
        sentence=Text("No team in the corps covers all the skills that the course needs."),
        status=409,
    ),
)
