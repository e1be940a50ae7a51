"""Asks each process of Praksis how it is, and judges the answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from praksis.over_http import client_for
from praksis.settings import SERVICES, Settings

ANSWER_WITHIN = 10.0
"""Seconds; a worker that asks database and broker in vain takes some of them to say so."""
LONGEST_UNSENT = 60.0
"""Seconds for which an event may wait for the relay before something is wrong."""
LONGEST_UNCOMPARED = 60.0
"""Seconds for which nobody may look whether log and receipts agree before something is wrong."""
READY = "ready"
SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a worker counts; nothing where it could not look, or does not answer."""

    unsent: int | None
    oldest_unsent_seconds: float | None
    queued: int | None
    retrying: int | None
    parked: int | None
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one service is. `web` and `worker` are `ready`, or else in which way they are not."""

    service: str
    web: str
    worker: str
    relay: str | None
    """`leads`: the lead is with the worker that was asked; `elsewhere`; `nowhere`; nothing where it does not say."""
    numbers: Numbers
    uncompared_seconds: float | None = None
    """Since when nobody has looked whether log and receipts agree; nothing where it does not say."""

    @property
    def troubles(self) -> list[str]:
        """What is not well, in words; empty where all is."""
        return list(self._troubles())

    def _troubles(self) -> Iterator[str]:
        if self.web != READY:
            yield f"web: {self.web}"
        if self.worker != READY:
            yield f"worker: {self.worker}"
        if parked := self.numbers.parked:
            yield f"parked: {parked} {'waits' if parked == 1 else 'wait'} for an operator (praksis failures list)"
        missing = [name for name, number in asdict(self.numbers).items() if number is None]
        if missing and self.worker != SILENT:
            yield f"not counted: {', '.join(missing)}"
        if (self.numbers.oldest_unsent_seconds or 0) > LONGEST_UNSENT:
            yield f"unsent: the oldest for {self.numbers.oldest_unsent_seconds:.0f} s"
        if (self.uncompared_seconds or 0) > LONGEST_UNCOMPARED:
            yield f"log and receipts: not compared for {self.uncompared_seconds:.0f} s"

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "service": self.service,
            "web": self.web,
            "worker": self.worker,
            "relay": self.relay,
            **asdict(self.numbers),
            "troubles": self.troubles,
        }


def standings(settings: Settings) -> list[Standing]:
    """How every service is, asked side by side."""
    with ThreadPoolExecutor(max_workers=len(SERVICES)) as side_by_side:
        return list(side_by_side.map(lambda service: standing_of(settings, service), SERVICES))


def standing_of(settings: Settings, service: str) -> Standing:
    """How one service is."""
    web, _ = _readiness(settings.web_url(service), service)
    monitor = settings.monitor_url(service)
    worker, checks = _readiness(monitor, service)
    samples = _samples(monitor, service) if worker != SILENT else []
    return Standing(
        service,
        web,
        worker,
        _relay(samples, checks),
        _numbers(samples),
        _sum(samples, "praksis_reconciliation_age_seconds"),
    )


def _readiness(url: str, service: str) -> tuple[str, dict[str, str]]:
    """In a word or two, and check by check; whether it is this service that answers, too."""
    try:
        with client_for(url, ANSWER_WITHIN) as client:
            answer = client.get("/health/ready", headers={"Accept": "application/json"})
        found = answer.json()
        checks, told = found["checks"], found.get("service", service)
    except httpx.HTTPError:
        return SILENT, {}
    except (ValueError, KeyError, TypeError):
        return f"answers with {answer.status_code}", {}
    if told != service:
        return f"is that of {told}", {}
    failed = sorted(name for name, result in checks.items() if result != "passed")
    return f"fails: {', '.join(failed)}" if failed else READY, checks


def _samples(url: str, service: str) -> list[Sample]:
    """Its numbers; those of another service are none of its."""
    try:
        with client_for(url, ANSWER_WITHIN) as client:
            text = client.get("/metrics", headers={"Accept": "text/plain"}).raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return [sample for sample in samples if sample.labels.get("service", service) == service]
    except (httpx.HTTPError, ValueError):
        return []


def _relay(samples: list[Sample], checks: dict[str, str]) -> str | None:
    leads = _sum(samples, "praksis_relay_leads")
    if leads is None:
        return None
    if leads:
        return "leads"
    return "elsewhere" if checks.get("relay") == "passed" else "nowhere"


def _numbers(samples: list[Sample]) -> Numbers:
    def parked(state: str) -> int | None:
        return _count(samples, "praksis_parked_events", lambda labels: labels["state"] == state)

    return Numbers(
        unsent=_count(samples, "praksis_unsent_events"),
        oldest_unsent_seconds=_sum(samples, "praksis_oldest_unsent_age_seconds"),
        queued=_count(samples, "praksis_queue_messages", lambda labels: not labels["queue"].endswith(".dead")),
        retrying=parked("retrying"),
        parked=parked("parked"),
        waiting=parked("waiting"),
    )


Labels = dict[str, str]


def _count(samples: list[Sample], name: str, wanted: Callable[[Labels], bool] = lambda _: True) -> int | None:
    found = _sum(samples, name, wanted)
    return None if found is None else int(found)


def _sum(samples: list[Sample], name: str, wanted: Callable[[Labels], bool] = lambda _: True) -> float | None:
    values = [sample.value for sample in samples if sample.name == name and wanted(sample.labels)]
    return sum(values) if values else None
