"""Killed workers and doubled events change nothing in the final report."""

import random
import time
from pathlib import Path

from doubling import doubled_events
from service_under_test import published_programmes
from whole_system import FORECASTING, WORKERS, PlayedStory, WholeSystem, whole_system, without_ids

from local.postgres import PrivatePostgres
from local.provision import SERVICES
from local.rabbitmq import PrivateRabbitMQ

STEPS = 10
"""All that change or read something; the eleventh shows the trace."""


def test_workers_killed_at_every_step_change_nothing(
    played: PlayedStory, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, tmp_path: Path
) -> None:
    moments = random.Random(20300304)
    killed: list[int] = []

    with whole_system(postgres, rabbitmq, tmp_path, "killed") as whole:

        def kill_workers(step: int) -> None:
            time.sleep(moments.uniform(0, 0.05))
            for worker in WORKERS:
                whole.system.kill(worker)
            for worker in WORKERS:
                whole.system.start_process(worker)
            killed.append(step)

        report = whole.story(kill_workers).play(traced=False)
        assert killed == list(range(1, STEPS + 1))
        assert_nothing_has_changed(played, whole, report)


def test_every_event_delivered_twice_changes_nothing(
    played: PlayedStory, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, tmp_path: Path
) -> None:
    with (
        whole_system(postgres, rabbitmq, tmp_path, "doubled") as whole,
        doubled_events(whole.system.servers.amqp_url) as doubled,
    ):
        report = whole.story().play()
        assert_nothing_has_changed(played, whole, report)
        published = sum(int(count) for rows in whole.facts().values() for _, count, *_ in rows)
        programmes = len(published_programmes())  # they may have left before the doubling began
        counted = [key for key in doubled if f"dk.praksis.{key}" not in FORECASTING]
        assert published - programmes <= len(counted) <= published


def test_the_whole_log_sent_again_changes_nothing(played: PlayedStory) -> None:
    whole = played.whole
    before = effects(whole)
    for service in SERVICES:
        whole.sql(f"update {service}.event set dispatched_at = null")
    deadline = time.monotonic() + 30
    while any(whole.sql(f"select 1 from {service}.event where dispatched_at is null limit 1") for service in SERVICES):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)  # what has been sent is handled well within this
    assert effects(whole) == before


def effects(whole: WholeSystem) -> dict[str, object]:
    """Everything that events have brought about."""
    tables = ["reporting.case", "reporting.course", "reporting.measured_course", "reporting.received"]
    tables += ["scheduling.course", "scheduling.phase", "scheduling.received"]
    rows = {table: whole.sql(f"select * from {table} order by 1, 2") for table in tables}
    return rows | {"published": whole.facts(), "parked": whole.parked()}


def assert_nothing_has_changed(played: PlayedStory, whole: WholeSystem, report: dict[str, object]) -> None:
    assert without_ids(report) == without_ids(played.report)
    assert whole.facts() == played.facts
    assert whole.parked() == {"intake": [], "scheduling": [], "reporting": []}
