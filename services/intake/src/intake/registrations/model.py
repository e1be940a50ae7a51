"""A registration (tilmelding): people who come to a gathering together, or wait for places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from intake.gatherings.model import Cohort
from intake.programmes.offer import Audience
from shared.mailbox import mailbox_of


class RegistrationStatus(StrEnum):
    """Where a registration stands."""

    CONFIRMED = "confirmed"
    OFFERED = "offered"
    """Somebody from the interest list, for whom a place is kept until they must have answered."""
    WAITING = "waiting"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """An offer that nobody has answered in time."""


TAKES_PLACES = frozenset({RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED})
GONE = frozenset({RegistrationStatus.CANCELLED, RegistrationStatus.LAPSED})


@dataclass(frozen=True, slots=True)
class Contact:
    """Who registers, and is written to in `language`. `workplace` is a daycare or an office in their own words."""

    name: str
    email: str
    language: Literal["da", "en"]
    workplace: str | None = None
    municipality: str | None = None

    @property
    def mailbox(self) -> str:
        """Whose the address is, for every limit."""
        return mailbox_of(self.email)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who comes. `needs` are about access and diet; `group_id` is the workshop they have chosen.

    `attended` is not known before the gathering has been held.
    """

    id: UUID
    name: str
    audience: Audience | None = None
    group_id: UUID | None = None
    needs: str | None = None
    attended: bool | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """One party. All of it comes, or all of it waits. `version` rises with every change.

    Somebody from the interest list is a party of one with an `interest_id`: what others get at once, they are offered,
    and have until, and not at, `answer_by` to say yes.
    """

    id: UUID
    cohort_id: UUID
    contact: Contact
    attendees: tuple[Attendee, ...]
    registered_at: datetime
    status: RegistrationStatus = RegistrationStatus.CONFIRMED
    interest_id: UUID | None = None
    answer_by: datetime | None = None
    follow_up_on: date | None = None
    """When the plan that they were asked for afterwards had come in (handleplan)."""
    cohort_version: int = 1
    """That of the gathering when they registered: whoever does so later knows of its changes."""
    version: int = 1

    @property
    def people(self) -> int:
        """How many places the party takes."""
        return len(self.attendees)

    @property
    def attended(self) -> bool:
        """Whether anybody of the party was there."""
        return any(each.attended for each in self.attendees)

    def is_same_as(self, other: "Registration") -> bool:
        """Whether the same people have been registered from the same address: a form sent twice."""
        return self._fingerprint() == other._fingerprint()

    def _fingerprint(self) -> tuple[str, list[str]]:
        return self.contact.mailbox, sorted(each.name.casefold() for each in self.attendees)


@dataclass(frozen=True, slots=True)
class Room:
    """Places that are left: of the whole gathering, and of each of its groups."""

    places: int
    by_group: Mapping[UUID, int] = field(default_factory=dict)

    @classmethod
    def left(cls, cohort: Cohort, registrations: Iterable[Registration]) -> "Room":
        """What those who have places, or have been offered one, leave of a cohort."""
        room = cls(cohort.places, {group.id: group.places for group in cohort.groups})
        for each in registrations:
            if each.status in TAKES_PLACES:
                room = room.without(each)
        return room

    def holds(self, party: Registration) -> bool:
        """Whether the whole party finds a place, and each of its people in the group they have chosen."""
        rest = self.without(party)
        return rest.places >= 0 and all(rest.by_group[id] >= 0 for id in _chosen(party) if id in rest.by_group)

    def without(self, party: Registration) -> "Room":
        """What is left when the party has its places."""
        by_group = dict(self.by_group)
        for id in _chosen(party):
            if id in by_group:
                by_group[id] -= 1
        return Room(self.places - party.people, by_group)


def roll_version(registrations: Iterable[Registration]) -> int:
    """Counts what has happened to the registrations of a gathering: it rises with every change of any of them."""
    return sum(each.version for each in registrations)


def _chosen(party: Registration) -> list[UUID]:
    return [each.group_id for each in party.attendees if each.group_id is not None]
