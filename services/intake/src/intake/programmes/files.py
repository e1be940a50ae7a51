"""Programmes as files: YAML, refused with file and line when anything in it does not hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake.programmes.model import Programme
from intake.programmes.offer import EARLIEST, LATEST, Criterion, Offer
from intake.programmes.rules import Rule
from intake.programmes.yaml_lines import YamlDocument, YamlMistake, read_yaml
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import Instrument, IntakeMode, Names, Requirement, Scope, Skill

Day = Annotated[date, Field(strict=True, ge=EARLIEST, le=LATEST)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1, le=120)]

MEASURED_PER = {Instrument.OBSERVATION: Scope.DAYCARE, Instrument.LEADERSHIP_SURVEY: Scope.COURSE}
"""An instrument that is owed in another way could never be delivered."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file, and on which line, counted from 1; without one where it is about the whole."""

    file: Path
    line: int | None
    message: str

    def __str__(self) -> str:
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


class ProgrammeFileError(Exception):
    """Programme files that cannot be used, with every mistake in them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
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
    hours_per_month: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None

    def planned(self) -> PlannedPhase:
        return PlannedPhase.model_validate(self.model_dump())


class _Version(_Strict):
    version: Count
    valid_from: Day
    valid_until: Day | None = None
    intake: IntakeMode
    duration_months: Count | None = None
    team_size: Count
    skills: tuple[Skill, ...] = ()
    rules: tuple[Rule, ...] = ()
    phases: tuple[_Phase, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    offer: Offer = Offer()
    redacted: Flag = False
    sealed: Flag = False

    @model_validator(mode="after")
    def _holds_together(self) -> "_Version":
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        if self.sealed and self.intake is not IntakeMode.ROUNDS:
            raise ValueError("sealed is about rounds, and this programme has none")
        if self.redacted and not self.criteria:
            raise ValueError("redacted is about reviewers, who need criteria")
        if self.intake is IntakeMode.REGISTRATION:
            self._has_no_course()
        else:
            self._has_a_course()
        for kind, names in (
            ("phases", [phase.name for phase in self.phases]),
            ("criteria", [criterion.name for criterion in self.criteria]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"two {kind} have the same name")
        if len({rule.rule for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules are of the same kind")
        return self

    def _has_no_course(self) -> None:
        for field in ("duration_months", "phases", "rules", "criteria"):
            if getattr(self, field):
                raise ValueError(f"whoever registers does not apply for a course: {field} has no place here")

    def _has_a_course(self) -> None:
        if "rules" not in self.model_fields_set:
            raise ValueError("rules are missing; write rules: [] where anybody may apply")
        if self.duration_months is None or not self.phases:
            raise ValueError("duration_months and phases are missing, which a course has")
        months = sum(phase.months for phase in self.phases)
        if months != self.duration_months:
            raise ValueError(f"the phases add up to {months} months, but duration_months is {self.duration_months}")
        if self.offer.admits is not None:
            raise ValueError("offer.admits is about registrations, and this programme takes applications")


class _File(_Strict):
    programme: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names
    versions: tuple[_Version, ...] = Field(min_length=1)


def load_programmes(folder: Path) -> tuple[Programme, ...]:
    """Every version of every programme in `folder/*.yaml`. Raises `ProgrammeFileError` with all mistakes at once."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ProgrammeFileError([Mistake(folder, None, "holds no programme files (*.yaml)")])
    programmes: list[Programme] = []
    mistakes: list[Mistake] = []
    slugs: set[str] = set()
    for file in files:
        try:
            document, definition = _read(file)
        except ProgrammeFileError as error:
            mistakes.extend(error.mistakes)
            continue
        if definition.programme in slugs:
            line = document.line(("programme",))
            already = f"another file defines the programme {definition.programme} already"
            mistakes.append(Mistake(file, line, already))
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
        raise ProgrammeFileError([Mistake(file, mistake.line, mistake.message)]) from mistake
    try:
        definition = _File.model_validate(document.value)
    except ValidationError as error:
        raise ProgrammeFileError([_located(file, document, mistake) for mistake in _mistakes(error)]) from error
    if overlapping := list(_overlaps(definition.versions)):
        raise ProgrammeFileError(
            [Mistake(file, document.line(("versions", index)), message) for index, message in overlapping]
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
        criteria=version.criteria,
        offer=version.offer,
        redacted=version.redacted,
        sealed=version.sealed,
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


def _located(file: Path, document: YamlDocument, mistake: Any) -> Mistake:
    line = document.line(mistake["loc"], key=mistake["type"] == "extra_forbidden")
    wanted = "a mapping is wanted here" if mistake["type"] == "model_type" else mistake["msg"]
    place = ".".join(str(part) for part in mistake["loc"])
    return Mistake(file, line, f"{place}: {wanted}" if place else wanted)
