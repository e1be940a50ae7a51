"""Programmes as files: YAML, refused with file and line when anything in it does not hold."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake.programmes.model import Programme
from intake.programmes.rules import Rule
from intake.programmes.yaml_lines import YamlDocument, YamlMistake, read_yaml
from shared.contracts.intake import Instrument, IntakeMode, Names, PlannedPhase, Requirement, Scope, Skill

Day = Annotated[date, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1, le=120)]

MEASURED_PER = {Instrument.OBSERVATION: Scope.DAYCARE, Instrument.LEADERSHIP_SURVEY: Scope.COURSE}
"""An instrument that is owed in another way could never be delivered."""


class ProgrammeFileError(Exception):
    """Programme files that cannot be used; every mistake is a line `file:line: what is wrong`."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Requirement(Requirement):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _can_be_delivered(self) -> "_Requirement":
        if self.per is not MEASURED_PER[self.instrument]:
            raise ValueError(f"{self.instrument} is measured per {MEASURED_PER[self.instrument]}, not per {self.per}")
        return self


class _Phase(_Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names
    months: Count
    owes: tuple[_Requirement, ...] = ()

    def planned(self) -> PlannedPhase:
        return PlannedPhase.model_validate(self.model_dump())


class _Version(_Strict):
    version: Count
    valid_from: Day
    valid_until: Day | None = None
    intake: IntakeMode
    duration_months: Count
    team_size: Count
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
        if len({phase.name for phase in self.phases}) != len(self.phases):
            raise ValueError("two phases have the same name")
        if len({rule.rule for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules are of the same kind")
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
    slugs: set[str] = set()
    for file in files:
        try:
            document, definition = _read(file)
        except ProgrammeFileError as error:
            mistakes.extend(error.mistakes)
            continue
        if definition.programme in slugs:
            line = document.line(("programme",))
            mistakes.append(f"{file}:{line}: another file defines the programme {definition.programme} already")
        slugs.add(definition.programme)
        programmes.extend(_programme(definition, version) for version in definition.versions)
    if mistakes:
        raise ProgrammeFileError(mistakes)
    return tuple(programmes)


def read_programme(file: Path) -> tuple[Programme, ...]:
    """The versions in one file. Raises `ProgrammeFileError`."""
    _, definition = _read(file)
    return tuple(_programme(definition, version) for version in definition.versions)


def _read(file: Path) -> tuple[YamlDocument, _File]:
    try:
        document = read_yaml(file.read_bytes())
    except YamlMistake as mistake:
        raise ProgrammeFileError([f"{file}:{mistake.line}: {mistake.message}"]) from mistake
    try:
        definition = _File.model_validate(document.value)
    except ValidationError as error:
        raise ProgrammeFileError([_located(file, document, mistake) for mistake in _mistakes(error)]) from error
    if overlapping := list(_overlaps(definition.versions)):
        raise ProgrammeFileError(
            [f"{file}:{document.line(('versions', index))}: {message}" for index, message in overlapping]
        )
    return document, definition


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
        phases=tuple(phase.planned() for phase in version.phases),
        skills=version.skills,
    )


def _overlaps(versions: Sequence[_Version]) -> Iterator[tuple[int, str]]:
    for index, (earlier, later) in enumerate(pairwise(versions), start=1):
        if later.version <= earlier.version:
            yield index, f"version {later.version} does not follow version {earlier.version}"
        if earlier.valid_until is None or later.valid_from <= earlier.valid_until:
            yield index, f"version {later.version} overlaps version {earlier.version}: both are in force on one day"


def _mistakes(error: ValidationError) -> list[Any]:
    """What is wrong, without the complaint that a list is too short because something in it is wrong."""
    found = error.errors(include_url=False)
    places = [mistake["loc"] for mistake in found]
    return [
        mistake
        for mistake in found
        if mistake["type"] != "too_short"
        or sum(place[: len(mistake["loc"])] == mistake["loc"] for place in places) == 1
    ]


def _located(file: Path, document: YamlDocument, mistake: Any) -> str:
    line = document.line(mistake["loc"], key=mistake["type"] == "extra_forbidden")
    wanted = "a mapping is wanted here" if mistake["type"] == "model_type" else mistake["msg"]
    place = ".".join(str(part) for part in mistake["loc"])
    return f"{file}:{line}: {place}: {wanted}" if place else f"{file}:{line}: {wanted}"
