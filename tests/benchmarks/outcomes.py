"""What measuring yields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one side: its figures by name with their unit, and the peak memory of its processes in MiB."""

    figures: Mapping[str, float]
    peaks: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Side:
    """All runs of one side of a measure."""

    name: str
    runs: tuple[Run, ...]

    def median(self, figure: str) -> float:
        return median(self.values(figure))

    def values(self, figure: str) -> list[float]:
        return [run.figures[figure] for run in self.runs]

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(self.runs[0].figures)

    @property
    def peaks(self) -> dict[str, float]:
        """The highest peak of each process in MiB."""
        return {name: max(run.peaks[name] for run in self.runs) for name in self.runs[0].peaks}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure and what it is to reach. Where nothing is demanded it is only reported."""

    question: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool | None:
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measure has yielded."""

    measure: str
    sides: tuple[Side, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A measure that could not be taken, and why."""

    measure: str
    reason: str


RATE = "events/s"


def ratio(question: str, ours: Side, other: Side, at_least: float | None = None) -> Verdict:
    """How the medians of two rates stand to each other."""
    return Verdict(question, ours.median(RATE) / other.median(RATE), "×", at_least=at_least)


def fastest(sides: Sequence[Side]) -> Side:
    """The side with the highest median of its rates."""
    return max(sides, key=lambda side: side.median(RATE))
