"""Finds slugs that a package raises and for which no `ProblemKind` is declared."""

import ast
from collections.abc import Iterator
from pathlib import Path

from shared.web.problem_kinds import ProblemKinds

_RAISED = frozenset({"Problem", "Refused", "NotNow"})
_UNKNOWN = {"NotFound": 0, "require_found": 1}
"""Which argument holds the word for what is not found."""


def undeclared_slugs(package_directory: Path, kinds: ProblemKinds) -> list[str]:
    """Each slug that is raised in the package without a `ProblemKind`, as "file:line: slug"."""
    return [f"{place}: {slug}" for place, slug in raised_slugs(package_directory) if kinds.get(slug) is None]


def raised_slugs(package_directory: Path) -> Iterator[tuple[str, str]]:
    """Each slug that is raised in the package, as ("file:line", slug)."""
    for file in sorted(package_directory.rglob("*.py")):
        place = file.relative_to(package_directory)
        for line, slug in _slugs(ast.parse(file.read_text(encoding="utf-8"))):
            yield f"{place}:{line}", slug


def _slugs(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(slug)), *_]) if name in _RAISED:
                yield node.lineno, slug
            case ast.Call(func=ast.Name(id=name), args=args) if len(args) > (place := _UNKNOWN.get(name, len(args))):
                if isinstance(word := args[place], ast.Constant):
                    yield node.lineno, f"unknown-{word.value!s}"
