"""Programmes as files: YAML, refused with file and line when anything in it does not hold."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake.programmes.model import Programme
from intake.programmes.rules import Rule
from shared.contracts.intake import IntakeMode, Names, PlannedPhase, Skill

Place = tuple[str | int, ...]


class ProgrammeFileError(Exception):
    """Programme files that cannot be used; every mistake is a line `file:line: what is wrong`."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Phase(PlannedPhase):
    model_config = ConfigDict(frozen=True, extra="forbid")

    months: int = Field(ge=1)


class _Version(_Strict):
    version: int = Field(ge=1)
    valid_from: date
    valid_until: date | None = None
    intake: IntakeMode
    duration_months: int = Field(ge=1)
    team_size: int = Field(ge=1)
    skills: tuple[Skill, ...] = ()
    rules: tuple[Rule, ...]
    phases: tuple[_Phase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> "_Version":
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        months = sum(phase.months for phase in self.phases)
        if months != self.duration_months:
            raise ValueError(f"the phases add up to {months} months, but duration_months is {self.duration_months}")
        names = [phase.name for phase in self.phases]
        if len(set(names)) != len(names):
            raise ValueError("two phases have the same name")
        return self


class _File(_Strict):
    programme: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names
    versions: tuple[_Version, ...] = Field(min_length=1)


def load_programmes(folder: Path) -> tuple[Programme, ...]:
    """Every version of every programme in `folder/*.yaml`. Raises `ProgrammeFileError` with all mistakes at once."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ProgrammeFileError([f"{folder}: holds no programme files (*.yaml)"])
    programmes: list[Programme] = []
    mistakes: list[str] = []
    for file in files:
        try:
            programmes.extend(read_programme(file))
        except ProgrammeFileError as error:
            mistakes.extend(error.mistakes)
    mistakes.extend(_defined_twice(files, programmes))
    if mistakes:
        raise ProgrammeFileError(mistakes)
    return tuple(programmes)


def read_programme(file: Path) -> tuple[Programme, ...]:
    """The versions in one file. Raises `ProgrammeFileError`."""
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
        content = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise ProgrammeFileError([f"{file}:1: not UTF-8"]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProgrammeFileError([f"{file}:{line}: not YAML: {error.problem}"]) from error
    try:
        definition = _File.model_validate(content)
    except ValidationError as error:
        raise ProgrammeFileError(
            [f"{file}:{_line(root, mistake['loc'])}: {_said(mistake)}" for mistake in error.errors()]
        ) from error
    if overlapping := list(_overlaps(definition.versions)):
        raise ProgrammeFileError(
            [f"{file}:{_line(root, ('versions', index))}: {message}" for index, message in overlapping]
        )
    return tuple(_programme(definition, version) for version in definition.versions)


def _programme(definition: _File, version: _Version) -> Programme:
    return Programme(
        slug=definition.programme,
        names=definition.names,
        version=version.version,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        intake=version.intake,
        duration_months=version.duration_months,
        team_size=version.team_size,
        rules=version.rules,
        phases=tuple(PlannedPhase.model_validate(phase.model_dump()) for phase in version.phases),
        skills=version.skills,
    )


def _overlaps(versions: Sequence[_Version]) -> Iterator[tuple[int, str]]:
    for index, (earlier, later) in enumerate(pairwise(versions), start=1):
        if later.version <= earlier.version:
            yield index, f"version {later.version} does not follow version {earlier.version}"
        if earlier.valid_until is None or later.valid_from <= earlier.valid_until:
            yield index, f"version {later.version} overlaps version {earlier.version}: both are in force on one day"


def _defined_twice(files: Sequence[Path], programmes: Sequence[Programme]) -> Iterator[str]:
    seen: set[tuple[str, int]] = set()
    for programme in programmes:
        if (programme.slug, programme.version) in seen:
            yield f"{files[0].parent}:1: programme {programme.slug} stands in more than one file"
        seen.add((programme.slug, programme.version))


def _said(mistake: Any) -> str:
    place = ".".join(str(part) for part in mistake["loc"])
    return f"{place}: {mistake['msg']}" if place else str(mistake["msg"])


def _line(node: yaml.Node | None, place: Place) -> int:
    """The line, counted from 1, of the innermost node that `place` leads to."""
    if node is None:
        return 1
    for part in place:
        inner = _inner(node, part)
        if inner is not None:
            node = inner
    return int(node.start_mark.line) + 1


def _inner(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        inner: yaml.Node = node.value[part]
        return inner
    return None
