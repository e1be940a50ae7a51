"""The whole of Praksis, running as processes on the servers of the test run, with the story played on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from local.postgres import PrivatePostgres
from local.provision import SERVICES
from local.psql import run_script
from local.rabbitmq import PrivateRabbitMQ
from local.servers import SharedServers
from local.state import State
from local.story.stage import Stage
from local.story.story import Story
from local.story.telling import Teller
from local.story.traces import SpanReceiver
from local.system import System
from shared.clock import SimulatedClock
from shared.contracts.scheduling.capacity import CapacityForecast, ForecastFellDue

WORKERS = tuple(f"{service}-worker" for service in SERVICES)
ONCE_UPON_A_TIME = datetime(2030, 3, 4, 8, tzinfo=UTC)
"""Every story of the tests begins at this moment, so that their reports can be compared day by day."""
FORECASTING = (ForecastFellDue.type_name(), CapacityForecast.type_name())
"""How often capacity is counted depends on what happens within the same seconds, and differs from story to story."""


@dataclass
class WholeSystem:
    """A running system, what it stands on, and how to look into it."""

    system: System
    clock: SimulatedClock
    spans: SpanReceiver
    console: Console

    def story(self, interrupt: Callable[[int], None] = lambda step: None) -> Story:
        """A story that can be played on it."""
        return Story(Stage(self.system.urls, self.clock, Teller(self.console)), self.spans, interrupt)

    def sql(self, statement: str) -> list[list[str]]:
        """Ask the database as its administrator; every value comes as text."""
        printed = run_script(self.system.servers.database_url, statement)
        return [line.split("|") for line in printed.splitlines()]

    def facts(self) -> dict[str, list[list[str]]]:
        """How many events of each type each service has published, and how far each subject has come, but for
        `FORECASTING`.

        What has come due by now is waited for.
        """
        due = f"due_at <= '{self.clock.now().isoformat()}'"
        deadline = time.monotonic() + 30
        while any(self.sql(f"select 1 from {service}.timer where {due}") for service in SERVICES):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return {
            service: self.sql(
                f"select type, count(*), count(distinct subject), max(sequence) from {service}.event "
                f"where type not in {FORECASTING} group by type order by type"
            )
            for service in SERVICES
        }

    def parked(self) -> dict[str, list[list[str]]]:
        """What could not be handled, by service."""
        return {service: self.sql(f"select type, reason from {service}.parked") for service in SERVICES}


@dataclass
class PlayedStory:
    """The story after it has been played once, undisturbed, on a system that still runs."""

    whole: WholeSystem
    report: dict[str, Any]
    facts: dict[str, list[list[str]]]


@contextmanager
def whole_system(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, folder: Path, name: str
) -> Iterator[WholeSystem]:
    """Start a system on a database and a virtual host of its own, called `name`, and stop it again."""
    state = State(folder)
    spans = SpanReceiver()
    spans.start()
    with state:
        clock = SimulatedClock(state.clock)
        clock.move_to(ONCE_UPON_A_TIME)
        system = System(
            state,
            SharedServers(postgres, rabbitmq, name),
            environment={"OTEL_EXPORTER_OTLP_ENDPOINT": spans.endpoint},
        )
        try:
            system.start()
            system.wait_ready()
            yield WholeSystem(system, clock, spans, Console(width=200))
        finally:
            system.stop()
            spans.stop()


def without_ids(report: dict[str, Any]) -> dict[str, Any]:
    """The final report with everything in it but the ids, which differ from story to story."""
    way = {name: value for name, value in report["way"].items() if not name.endswith("_id")}
    return {"pipeline": report["pipeline"], "way": way}
