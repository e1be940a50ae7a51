"""The problems that the programmes answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-programme",
        Text("There is no such programme"),
        Text("The list of programmes shows which there are. Nothing was stored."),
        status=422,
        way="/programmes",
    ),
    ProblemKind(
        "programme-changed",
        Text("A published version of a programme has changed"),
        Text("What has judged a case stays as it was: give what has changed a version of its own."),
        status=409,
        way="/programmes",
    ),
)
