"""The rules of who may import whom hold, and they bite: each is broken on purpose in a copy of the code."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.state import CHECKOUT

SOURCES = ["shared/src", "services/intake/src", "services/scheduling/src", "services/reporting/src", "deploy/local/src"]
CONTRACTS = "import_rules"

BROKEN = {
    "a service imports a sibling": (
        "services/scheduling/src/scheduling/courses/store.py",
        "import intake.rounds.model",
        "Services know each other by events only",
    ),
    "the kernel imports a service": (
        "shared/src/shared/work.py",
        "import intake.rounds.model",
        "The kernel knows no service",
    ),
    "a decision imports the database": (
        "services/intake/src/intake/applications/decisions.py",
        "import sqlalchemy",
        "Decisions are pure",
    ),
    "a decision reaches the clock through another module": (
        "services/scheduling/src/scheduling/courses/planning.py",
        "import shared.clock",
        "Decisions are pure",
    ),
    "a contract imports the kernel": (
        "shared/src/shared/contracts/base.py",
        "import shared.errors",
        "Contracts stand on nothing of the kernel",
    ),
    "HTTP reaches the broker": (
        "shared/src/shared/web/health.py",
        "import shared.events.relay",
        "HTTP never touches the broker",
    ),
    "a handler reaches HTTP": (
        "services/reporting/src/reporting/pipeline/handlers.py",
        "import shared.web.problems",
        "Handlers never touch HTTP",
    ),
    "a service imports an AMQP client": (
        "services/reporting/src/reporting/pipeline/store.py",
        "import aio_pika",
        "Services import no AMQP client",
    ),
    "a store imports an API": (
        "services/reporting/src/reporting/instruments/store.py",
        "import reporting.instruments.api",
        "A slice is built in one order",
    ),
    "a module stands on itself, by what it imports for types alone": (
        "shared/src/shared/web/guesses.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.web.kernel",
        "No module stands on itself",
    ),
    "a slice stands on itself": (
        "services/intake/src/intake/programmes/texts.py",
        "import intake.applications.model",
        "No slice stands on itself",
    ),
    "a slice writes another's tables": (
        "services/scheduling/src/scheduling/courses/store.py",
        "import scheduling.consultants.tables",
        "Others read scheduling.consultants by its model and queries",
    ),
}


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(checkout / source) for source in SOURCES)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for source in [*SOURCES, CONTRACTS]:
        shutil.copytree(CHECKOUT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rules_are_kept() -> None:
    result = lint(CHECKOUT)
    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize("what", BROKEN)
def test_a_breach_fails_the_build(copy: Path, what: str) -> None:
    file, line, rule = BROKEN[what]
    source = copy / file
    source.write_text(f"{source.read_text()}\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    broken = [row for row in result.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(rule) for row in broken), result.stdout


def test_what_a_migration_has_done_does_not_change_with_the_code_that_lives() -> None:
    kernel = CHECKOUT / "shared/src/shared/kernel_revisions.py"
    revisions = [*CHECKOUT.glob("services/*/migrations/versions/*.py"), kernel]
    assert len(revisions) > 3
    ours = {"shared", "intake", "scheduling", "reporting", "local"}
    for file in revisions:
        taken = {name for name in _imports(file) if name.partition(".")[0] in ours}
        assert taken <= (set() if file == kernel else {"shared.kernel_revisions"}), file


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"
