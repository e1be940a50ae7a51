"""Every problem that a service raises is one whose page explains it."""

from pathlib import Path
from types import ModuleType

import pytest

import intake.problems
import reporting.problems
import scheduling.problems
from shared.web.problem_kinds import ProblemKinds
from shared.web.slugs import raised_slugs, undeclared_slugs


@pytest.mark.parametrize(
    "problems", [intake.problems, scheduling.problems, reporting.problems], ids=lambda it: it.__name__
)
def test_no_slug_is_left_unexplained(problems: ModuleType) -> None:
    assert problems.__file__ is not None
    assert undeclared_slugs(Path(problems.__file__).parent, ProblemKinds(problems.PROBLEMS)) == []


@pytest.mark.parametrize(
    "problems", [intake.problems, scheduling.problems, reporting.problems], ids=lambda it: it.__name__
)
def test_no_problem_is_explained_that_nobody_answers_with(problems: ModuleType) -> None:
    assert problems.__file__ is not None
    package = Path(problems.__file__).parent
    code = "".join(file.read_text() for file in package.rglob("*.py") if file.name != "problems.py")
    raised = {slug for _, slug in raised_slugs(package)}
    slugs = [kind.slug for kind in problems.PROBLEMS]
    assert [slug for slug in slugs if slug not in raised and f'"{slug}"' not in code] == []
