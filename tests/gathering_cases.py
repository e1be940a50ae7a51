"""Gatherings in tests: values that decisions take, and an intake where people can register."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from intake_cases import NOON
from service_under_test import ServiceUnderTest, publish_real_programmes
from sqlalchemy import select, text

from intake.gatherings.model import Cohort, Group, Venue
from intake.programmes.loading import publish_programmes
from intake.programmes.offer import Admission, Audience
from intake.registrations.model import Attendee, Contact, Registration, RegistrationStatus
from intake.rounds.model import Zone
from intake.worker import handlers
from shared.contracts.base import EVENT_TYPES, Event
from shared.contracts.vocabulary import Names
from shared.office import office_date

PLAY, PARENTS = Group(UUID(int=51), "Play", 2), Group(UUID(int=52), "Parents", 3)
COHORT = Cohort(
    id=UUID(int=50),
    programme="learning-day",
    programme_version=1,
    title=Names(da="Læringsdag i Odense", en="Learning day in Odense"),
    starts_on=date(2026, 12, 1),
    ends_on=date(2026, 12, 1),
    venue=Venue("Odense", "Havnegade 1"),
    zone=Zone.COPENHAGEN,
    places=4,
    deadline=date(2026, 11, 20),
    admits=Admission.AUDIENCE,
    audiences=(Audience.ADMINISTRATION, Audience.LEADERS),
    announced_at=NOON,
)
PROOFS = ("Please confirm your registration: {title}", "Please confirm that you want to be told: {programme}")
OPEN_TO_ALL = """programme: a-conference
names: {da: En konference, en: A conference}
versions:
  - version: 1
    valid_from: 2017-01-01
    intake: registration
    team_size: 1
    offer: {audiences: [leaders, staff], admits: ADMITS}
"""


def party(
    number: int = 1,
    people: int = 1,
    *,
    status: RegistrationStatus = RegistrationStatus.CONFIRMED,
    audience: Audience | None = Audience.LEADERS,
    group: Group | None = None,
    municipality: str | None = "0390",
) -> Registration:
    """So many people from one daycare, who have come as number so and so."""
    attendees = tuple(
        Attendee(UUID(int=1000 * number + place), f"Person {number}.{place}", audience, group.id if group else None)
        for place in range(people)
    )
    contact = Contact(f"Leader {number}", f"leader{number}@example.org", "da", "Solen", municipality)
    return Registration(UUID(int=number), COHORT.id, contact, attendees, NOON + timedelta(minutes=number), status)


class OpenGathering:
    """Intake with a gathering that people can register for."""

    def __init__(self, service: ServiceUnderTest, cohort: dict[str, Any]) -> None:
        self.service = service
        self.id: str = cohort["id"]
        self.cohort = cohort
        self.path = f"/api/v1/gatherings/{self.id}"

    @classmethod
    async def of(cls, service: ServiceUnderTest, **changes: Any) -> "OpenGathering":
        """A learning day in forty days with three places."""
        await publish_real_programmes(service.database)
        return await cls.another(service, **changes)

    @classmethod
    async def another(cls, service: ServiceUnderTest, **changes: Any) -> "OpenGathering":
        answer = await service.post("/api/v1/gatherings", wish(service) | changes, "lone")
        assert answer.status_code == 201, answer.text
        return cls(service, answer.json())

    @classmethod
    async def open_to(cls, service: ServiceUnderTest, folder: Path, admits: str, **changes: Any) -> "OpenGathering":
        """A gathering of a programme of our own, since the real ones for these people have ended."""
        (folder / "a-conference.yaml").write_text(OPEN_TO_ALL.replace("ADMITS", admits), encoding="utf-8")
        await publish_programmes(service.database, folder)
        return await cls.another(service, programme="a-conference", **changes)

    async def register(self, number: int = 1, people: int = 1, **changes: Any) -> httpx.Response:
        """Register so many leaders, without signing in, and confirm it; the answer is that to the first of these."""
        before = await proofs(self.service)
        answer = await self.ask(number, people, **changes)
        for token in [each for each in await proofs(self.service) if each not in before]:
            confirmed = await self.service.post(f"/api/v1/registrations/{token}/confirmation", None, None)
            assert confirmed.status_code == 200, confirmed.text
        return answer

    async def ask(self, number: int = 1, people: int = 1, **changes: Any) -> httpx.Response:
        """Register so many leaders, without signing in; nobody confirms it."""
        attendee: dict[str, Any] = {"audience": "leaders"} | changes.pop("attendee", {})
        body = {
            "name": f"Leader {number}",
            "email": f"leader{number}@example.org",
            "attendees": [{"name": f"Person {number}.{place}"} | attendee for place in range(people)],
        }
        return await self.service.post(f"{self.path}/registrations", body | changes, None)

    async def roll(self) -> list[tuple[str, str, int]]:
        """Who stands on the list: their number, where they stand, and how many they are."""
        listed = (await self.service.get(f"{self.path}/registrations", "lone")).json()
        return [(each["contact"]["name"].split()[-1], each["status"], len(each["attendees"])) for each in listed]

    async def links(self, number: int = 1) -> list[str]:
        """The tokens of the links that somebody has been sent, in their order."""
        return [
            link.rsplit("/", 1)[1] for to, _, link in await posted(self.service) if to == f"leader{number}@example.org"
        ]

    async def cancel(self, number: int = 1) -> httpx.Response:
        token = (await self.links(number))[0]
        return await self.service.post(f"/api/v1/registrations/{token}/cancellation", None, None)


def wish(service: ServiceUnderTest) -> dict[str, Any]:
    """A learning day as the secretary announces it."""
    today = office_date(service.clock.now())
    return {
        "programme": "learning-day",
        "title_da": "Læringsdag i Odense",
        "title_en": "Learning day in Odense",
        "starts_on": str(today + timedelta(days=40)),
        "town": "Odense",
        "address": "Havnegade 1",
        "places": 3,
        "deadline": str(today + timedelta(days=30)),
    }


async def posted(service: ServiceUnderTest) -> list[tuple[str, str, str]]:
    """The e-mails that are owed beside those that ask for a confirmation: to whom, the sentence of the subject, and the
    link."""
    return [each for each in await owed(service) if each[1] not in PROOFS]


async def proofs(service: ServiceUnderTest) -> list[str]:
    """The tokens of the links by which registrations, and places on interest lists, are confirmed."""
    return [link.rsplit("/", 1)[1] for _, subject, link in await owed(service) if subject in PROOFS]


async def owed(service: ServiceUnderTest) -> list[tuple[str, str, str]]:
    """All e-mails that are owed."""
    mail = service.database.tables.mail
    async with service.database.work() as work:
        found = await work.session.execute(select(mail).order_by(mail.c.id))
        return [(row.address, row.subject["message"], row.link or "") for row in found]


async def work(gathering: OpenGathering, seen: set[str]) -> None:
    """What the worker does: timers that are due come due, and each fact has its effect once."""
    timer = gathering.service.database.tables.timer
    async with gathering.service.database.work() as unit:
        rows = (await unit.session.execute(timer.select().where(timer.c.due_at <= unit.now))).all()
        for row in rows:
            unit.publish(EVENT_TYPES[row.type].model_validate(row.data))
        await unit.session.execute(timer.delete().where(timer.c.key.in_([row.key for row in rows])))
        await unit.commit()
        found = (await unit.session.execute(text("select id, type, data from intake.event order by position"))).all()
    facts: list[Event] = [EVENT_TYPES[row.type].model_validate(row.data) for row in found if str(row.id) not in seen]
    seen |= {str(row.id) for row in found}
    await gathering.service.happen(handlers, *facts)


async def letters(gathering: OpenGathering, word: str) -> list[str]:
    """The numbers of those who are owed an e-mail whose subject begins like this."""
    return [to[6] for to, subject, _ in await posted(gathering.service) if subject.startswith(word)]


def ids_in(page: str, prefix: str) -> list[str]:
    """The ids in the addresses of a page that begin like this."""
    return re.findall(rf"{prefix}([0-9a-f-]{{36}})", page)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
