"""The rules of who may import whom hold, and they bite: all are broken on purpose in a copy of the code."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from local.state import CHECKOUT

SOURCES = [
    f"{each}/src"
    for each in ("shared", "services/intake", "services/scheduling", "services/reporting", "cli", "deploy/local")
]
CONTRACTS = "import_rules"

SHARED = "shared/src/shared"
INTAKE = "services/intake/src/intake"
SCHEDULING = "services/scheduling/src/scheduling"
REPORTING = "services/reporting/src/reporting"

SLICES = "Every slice has the same rooms"

BROKEN = {
    "a service imports a sibling": (
        f"{SCHEDULING}/courses/texts.py",
        "import intake.rounds.model",
        "Services know each other by events only",
        "scheduling.courses.texts -> intake.rounds.model",
    ),
    "the kernel imports a service": (
        f"{SHARED}/web/charts.py",
        "import intake.rounds.model",
        "The kernel knows no service, and nothing knows how it is run on one machine",
        "shared.web.charts -> intake.rounds.model",
    ),
    "a service imports what runs it on one machine": (
        f"{REPORTING}/web.py",
        "import local.state",
        "The kernel knows no service, and nothing knows how it is run on one machine",
        "reporting.web -> local.state",
    ),
    "a contract imports the kernel": (
        f"{SHARED}/contracts/base.py",
        "import shared.errors",
        "Contracts stand on nothing of the kernel",
        "shared.contracts.base -> shared.errors",
    ),
    "the daily way of an event imports what gives it its way again": (
        f"{SHARED}/events/inbox.py",
        "import shared.events.recovery.replay",
        "The daily way of an event is read without what is done to give it its way again",
        "shared.events.inbox -> shared.events.recovery.replay",
    ),
    "HTTP reaches the broker": (
        f"{SHARED}/web/health.py",
        "import shared.events.relay",
        "HTTP never touches the broker",
        "shared.web.health -> shared.events.relay",
    ),
    "a handler reaches HTTP": (
        f"{REPORTING}/instruments/handlers.py",
        "import shared.web.problems",
        "Handlers never touch HTTP",
        "reporting.instruments.handlers -> shared.web.problems",
    ),
    "a service imports an AMQP client": (
        f"{REPORTING}/pipeline/store.py",
        "import aio_pika",
        "Services import no AMQP client",
        "reporting.pipeline.store -> aio_pika",
    ),
    "a module stands on itself, by what it imports for types alone": (
        f"{SHARED}/web/guesses.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.web.kernel",
        "No module stands on itself",
        "shared.web.guesses -> shared.web.kernel",
    ),
    "a slice stands on itself": (
        f"{INTAKE}/programmes/texts.py",
        "import intake.applications.model",
        "No slice stands on itself",
        ".programmes -> .applications",
    ),
    "a slice of intake imports one that stands on it": (
        f"{INTAKE}/programmes/texts.py",
        "import intake.applications.model",
        "Slices of intake stand one on the other",
        "intake.programmes.texts -> intake.applications.model",
    ),
    "a slice of scheduling imports one that stands on it": (
        f"{SCHEDULING}/consultants/texts.py",
        "import scheduling.courses.model",
        "Slices of scheduling stand one on the other",
        "scheduling.consultants.texts -> scheduling.courses.model",
    ),
    "a decision imports the database": (
        f"{INTAKE}/applications/decisions.py",
        "import sqlalchemy",
        SLICES,
        "intake.applications.decisions reaches sqlalchemy: intake.applications.decisions -> sqlalchemy",
    ),
    "a fold imports the database": (
        f"{REPORTING}/pipeline/folds.py",
        "import sqlalchemy",
        SLICES,
        "reporting.pipeline.folds reaches sqlalchemy: reporting.pipeline.folds -> sqlalchemy",
    ),
    "a decision reaches the clock through what it is made of": (
        f"{SCHEDULING}/courses/planning.py",
        "import shared.clock",
        SLICES,
        "scheduling.courses.decisions reaches shared.clock: "
        "scheduling.courses.decisions -> scheduling.courses.planning -> shared.clock",
    ),
    "a model imports the log": (
        f"{INTAKE}/letters/model.py",
        "import structlog",
        SLICES,
        "intake.letters.model reaches structlog",
    ),
    "a command reaches HTTP": (
        f"{INTAKE}/rounds/commands.py",
        "import shared.web.problems",
        SLICES,
        "intake.rounds.commands reaches shared.web",
    ),
    "a store imports an API": (
        f"{REPORTING}/instruments/store.py",
        "import reporting.instruments.api",
        SLICES,
        "reporting.instruments.store (line #) imports reporting.instruments.api of a room above: stores, edges",
    ),
    "a page imports an API": (
        f"{REPORTING}/pipeline/pages.py",
        "import reporting.pipeline.api",
        SLICES,
        "reporting.pipeline.pages (line #) imports reporting.pipeline.api beside it: edges",
    ),
    "rows know values": (
        f"{REPORTING}/pipeline/tables.py",
        "import reporting.pipeline.model",
        SLICES,
        "reporting.pipeline.tables (line #) imports reporting.pipeline.model, and stands alone: tables",
    ),
    "words are read from rows": (
        f"{INTAKE}/rounds/texts.py",
        "import intake.rounds.tables",
        SLICES,
        "intake.rounds.texts (line #) imports intake.rounds.tables of a room above: words, tables",
    ),
    "a slice reads another's tables": (
        f"{SCHEDULING}/courses/store.py",
        "import scheduling.consultants.tables",
        SLICES,
        "scheduling.courses.store (line #) imports scheduling.consultants.tables, which is not open to it",
    ),
    "a slice changes one by commands that are not open to it": (
        f"{INTAKE}/letters/commands.py",
        "import intake.rounds.commands",
        SLICES,
        "intake.letters.commands (line #) imports intake.rounds.commands, which is not open to it",
    ),
    "a root reaches past edges and retention": (
        f"{INTAKE}/web.py",
        "import intake.rounds.store",
        SLICES,
        "intake.web (line #) imports intake.rounds.store, which is not open to it",
    ),
    "the command line reads a table": (
        "cli/src/praksis/listing.py",
        "import intake.rounds.tables",
        SLICES,
        "praksis.listing (line #) imports intake.rounds.tables, which is not open to it",
    ),
    "a module is in no room": (
        f"{INTAKE}/rounds/helpers.py",
        "",
        SLICES,
        "intake.rounds.helpers is in no room",
    ),
    "a new slice is out of order": (
        f"{INTAKE}/novelties/store.py",
        "import intake.novelties.api",
        SLICES,
        "intake.novelties.store (line #) imports intake.novelties.api of a room above: stores, edges",
    ),
    "a new slice is read past its queries": (
        f"{INTAKE}/today/queries.py",
        "import intake.novelties.store",
        SLICES,
        "intake.today.queries (line #) imports intake.novelties.store, which is not open to it",
    ),
    "the package of a slice imports": (
        f"{INTAKE}/rounds/__init__.py",
        "import intake.rounds.model",
        SLICES,
        "intake.rounds (line #) imports intake.rounds.model, and is the package of a slice",
    ),
    "what slices stand on imports one": (
        f"{INTAKE}/quantities.py",
        "import intake.rounds.model",
        SLICES,
        "intake.quantities (line #) imports intake.rounds.model, and stands below the slices",
    ),
    "a module beside the slices is nothing that is known": (
        f"{INTAKE}/leftovers.py",
        "",
        SLICES,
        "intake.leftovers is no slice, no root and no base",
    ),
}
"""What is done, in which file, by which lines; the contract that says so, and what it says. `#` is any number."""

NEW = {f"{INTAKE}/novelties/__init__.py": "", f"{INTAKE}/novelties/api.py": ""}


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(checkout / source) for source in SOURCES)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "10000"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What each broken contract says of a copy in which everything is broken."""
    copy = tmp_path_factory.mktemp("broken")
    for source in [*SOURCES, CONTRACTS]:
        shutil.copytree(CHECKOUT / source, copy / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    for file, content in NEW.items():
        (copy / file).parent.mkdir(exist_ok=True)
        (copy / file).write_text(content)
    for file, lines, _, _ in BROKEN.values():
        with (copy / file).open("a") as code:
            code.write(f"\n{lines}\n")
    result = lint(copy)
    assert result.returncode == 1, result.stderr
    _, *broken = re.split(r"\n\n(.+)\n-+\n", result.stdout.partition("Broken contracts")[2])
    return dict(zip(broken[::2], broken[1::2], strict=True))


def test_the_rules_are_kept() -> None:
    result = lint(CHECKOUT)
    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize("what", BROKEN)
def test_a_breach_fails_the_build(said: Mapping[str, str], what: str) -> None:
    *_, rule, sentence = BROKEN[what]
    assert re.search(re.escape(sentence).replace(r"\#", r"\d+"), said[rule]), said[rule]


def test_every_rule_is_broken(said: Mapping[str, str]) -> None:
    rules = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {rule for *_, rule, _ in BROKEN.values()} == said.keys() == {rule["name"] for rule in rules}


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
