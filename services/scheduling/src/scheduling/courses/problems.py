"""The problems that the courses answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-course",
        Text("There is no such course"),
        Text("The address leads to no course, or to one that you may not see. The list shows those that you may see."),
        status=404,
        way="/",
    ),
    ProblemKind(
        "phase-not-running",
        Text("The phase is not running"),
        Text(
            "Only the phase that is running can be completed. Open the course to see which it is. Nothing was changed."
        ),
        sentence=Text("The phase is not running, so it cannot be completed."),
        status=409,
        way="/",
    ),
    ProblemKind(
        "phase-owes",
        Text("The phase still owes something"),
        Text("The course shows which instruments are not in yet. Record those first. Nothing was changed."),
        sentence=Text("The phase cannot be completed yet. Instruments that it owes and that are not in: {count}."),
        status=409,
        way="/",
        members=Text("The list `missing` in `parameters` names the instruments that are not in yet."),
    ),
    ProblemKind(
        "course-over",
        Text("The course is over"),
        Text("A completed course gets no new team. Nothing more needs to be done. Nothing was changed."),
        sentence=Text("The course is completed."),
        status=409,
        way="/",
    ),
    ProblemKind(
        "team-assigned-already",
        Text("The course has its team"),
        Text("A team is formed only for a course that has none. Open the course to see its team. Nothing was changed."),
        sentence=Text("The course has its team already."),
        status=409,
        way="/",
    ),
    ProblemKind(
        "no-team-covers",
        Text("No team has the skills"),
        Text(
            "No consultants together have every skill that the course needs. Try again when the corps has changed. "
            "Nothing was changed."
        ),
        sentence=Text("No team in the corps covers all the skills that the course needs."),
        status=409,
        way="/capacity",
    ),
)
