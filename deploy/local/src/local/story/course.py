"""One course on the stage: what scheduling and reporting say of it, and what the consultants do to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from local.story import cast
from local.story.client import wait_for
from local.story.stage import Stage


@dataclass(frozen=True)
class CourseOnStage:
    """A course that scheduling has opened."""

    stage: Stage
    id: str
    daycares: tuple[str, ...]

    def now(self) -> dict[str, Any]:
        """The course as scheduling shows it."""
        course: dict[str, Any] = self.stage.person(cast.CONSULTANT).get("scheduling", f"courses/{self.id}")
        return course

    def phase(self, name: str) -> dict[str, Any]:
        """One of its phases."""
        phase: dict[str, Any] = next(each for each in self.now()["phases"] if each["name"] == name)
        return phase

    def go_to_start(self) -> None:
        """Let time pass until the day on which the course starts, and wait until it has."""
        first = self.now()["phases"][0]
        self.stage.go_to(date.fromisoformat(first["planned_start"]))
        wait_for("scheduling starts the course", lambda: self.phase(first["name"])["started_on"])

    def go_to_end_of(self, phase: str) -> None:
        """Let time pass until the day on which the phase is planned to end."""
        self.stage.go_to(date.fromisoformat(self.phase(phase)["planned_end"]))

    def observe(self, phase: str) -> None:
        """Record an observation of every daycare, as soon as reporting knows that the phase is running."""
        wait_for(f"reporting hears that {phase} is running", lambda: self._is_measured(phase))
        for daycare in self.daycares:
            body = {"phase": phase, "daycare_id": daycare, "on": str(self.stage.today)}
            self._record("observations", body)

    def survey(self, phase: str) -> None:
        """Record that the leadership survey is in."""
        self._record("surveys", {"phase": phase, "instrument": "leadership_survey", "on": str(self.stage.today)})

    def wait_until_delivered(self, phase: str) -> None:
        """Wait until reporting has told scheduling of everything that the phase owes."""
        wait_for(f"scheduling hears that everything {phase} owes is in", lambda: not self.phase(phase)["left"])

    def complete(self, phase: str) -> httpx.Response:
        """Ask for the phase to be completed, as it stands now."""
        path = f"courses/{self.id}/phases/{phase}/completion"
        return self.stage.person(cast.CONSULTANT).post("scheduling", path, version=self.now()["version"])

    def _record(self, what: str, body: dict[str, Any]) -> None:
        answer = self.stage.person(cast.CONSULTANT).post("reporting", f"courses/{self.id}/{what}", body)
        self.stage.success(answer, 201)

    def _is_measured(self, phase: str) -> bool:
        try:
            course = self.stage.person(cast.CONSULTANT).get("reporting", f"courses/{self.id}/instruments")
        except httpx.HTTPStatusError:
            return False
        return any(each["running"] for each in course["phases"] if each["name"] == phase)
