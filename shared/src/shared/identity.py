"""Identities, roles, and sign-in (authentication); sessions are in `shared.sessions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from shared.errors import Refused, Text
from shared.municipalities import municipalities

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")


class Role(StrEnum):
    """What somebody may do. A person can hold several roles."""

    APPLICANT = "applicant"
    CASEWORKER = "caseworker"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    SECRETARY = "secretary"
    """Of the courses: gatherings, registrations, letters (kursussekretær)."""
    CONSULTANT = "consultant"
    EVALUATOR = "evaluator"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, Text] = {
    Role.APPLICANT: Text("Applicant"),
    Role.CASEWORKER: Text("Caseworker"),
    Role.REVIEWER: Text("Reviewer"),
    Role.COORDINATOR: Text("Coordinator"),
    Role.SECRETARY: Text("Course secretary"),
    Role.CONSULTANT: Text("Practice consultant"),
    Role.EVALUATOR: Text("External evaluator"),
    Role.OPERATOR: Text("Operator"),
    Role.ADMINISTRATOR: Text("Administrator"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person. `municipality` is the four-digit code of the one they act for, or are employed by."""

    subject: str
    name: str
    roles: frozenset[Role]
    municipality: str | None = None
    language: Language = "da"


@dataclass(frozen=True, slots=True)
class Choice:
    """One person that the sign-in page offers: `value` comes back to `SignIn.exchange` as `name`."""

    value: str
    name: str
    description: Text
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Redirection:
    """Signing in happens at another address."""

    url: str


class SignIn(Protocol):
    """Authentication: local personas today, an OpenID provider behind the same three methods later."""

    def begin(self, next_path: str) -> tuple[Choice, ...] | Redirection:
        """The choices to show to a person who signs in and then goes on to `next_path`, or the provider to redirect
        to."""
        ...

    async def exchange(self, answer: Mapping[str, str]) -> Identity:
        """The person behind the answer of the form or of the provider. Raises `Refused("sign-in-failed")`."""
        ...

    def name_of(self, subject: str) -> str:
        """The name to show for a subject; the subject itself where none is known."""
        ...


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person for development: `key` is what one types to sign in as them."""

    key: str
    name: str
    role: Role
    description: Text
    municipality: str | None = None

    @property
    def identity(self) -> Identity:
        return Identity(f"local:{self.key}", self.name, frozenset({self.role}), self.municipality)


PERSONAS = (
    Persona("anna", "Anna Holm", Role.APPLICANT, Text("Administration of Vordingborg"), "0390"),
    Persona("bo", "Bo Lind", Role.APPLICANT, Text("Leader of a private daycare in Odense"), "0461"),
    Persona("clara", "Clara Juhl", Role.CASEWORKER, Text("Assesses applications")),
    Persona("david", "David Friis", Role.COORDINATOR, Text("Forms pairs and plans courses")),
    Persona("eva", "Eva Bech", Role.CONSULTANT, Text("Visits the daycares")),
    Persona("frida", "Frida Toft", Role.EVALUATOR, Text("Measures the effect")),
    Persona("gert", "Gert Skov", Role.OPERATOR, Text("Keeps the systems running")),
    Persona("hanne", "Hanne Krogh", Role.ADMINISTRATOR, Text("Opens rounds and leads the corps")),
    Persona("ida", "Ida Storm", Role.APPLICANT, Text("Leader of a daycare in Vordingborg"), "0390"),
    Persona("ingrid", "Ingrid Dam", Role.APPLICANT, Text("Administration of Holbæk"), "0316"),
    Persona("jonas", "Jonas Vang", Role.REVIEWER, Text("Reviews applications"), "0461"),
    Persona("karla", "Karla Munk", Role.REVIEWER, Text("Reviews applications"), "0390"),
    Persona("lone", "Lone Aagaard", Role.SECRETARY, Text("Arranges learning days, conferences and theme days")),
    Persona("mads", "Mads Ravn", Role.REVIEWER, Text("Reviews applications")),
)


OF_MUNICIPALITY = "municipality:"
"""With a code after it, the key of an applicant of any municipality; none of them is offered on the sign-in page."""


class LocalPersonas:
    """Sign-in without proof, for development. Raises `ValueError` when constructed in any other environment.

    Beside the personas there is an applicant of every municipality, by a key such as `municipality:0461`.
    """

    def __init__(self, environment: str, personas: tuple[Persona, ...] = PERSONAS) -> None:
        if environment != "development":
            raise ValueError("local personas let anybody be anyone and exist in development only")
        self._by_key = {persona.key: persona for persona in personas}
        self._by_subject = {persona.identity.subject: persona for persona in personas}

    def begin(self, next_path: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(persona.key, persona.name, persona.description, (persona.role,)) for persona in self._by_key.values()
        )

    async def exchange(self, answer: Mapping[str, str]) -> Identity:
        key = answer.get("name", "")
        persona = self._by_key.get(key) or _of_municipality(key)
        if persona is None:
            raise Refused("sign-in-failed")
        return persona.identity

    def name_of(self, subject: str) -> str:
        persona = self._by_subject.get(subject) or _of_municipality(subject.removeprefix("local:"))
        return persona.name if persona else subject


def _of_municipality(key: str) -> Persona | None:
    if not key.startswith(OF_MUNICIPALITY):
        return None
    municipality = municipalities().get(key.removeprefix(OF_MUNICIPALITY))
    if municipality is None:
        return None
    name = f"Ansøger i {municipality.name}"
    return Persona(key, name, Role.APPLICANT, ROLE_NAMES[Role.APPLICANT], municipality.code)


class NobodySignsIn:
    """No authentication: public pages work, and nobody can sign in."""

    def begin(self, next_path: str) -> tuple[Choice, ...]:
        return ()

    async def exchange(self, answer: Mapping[str, str]) -> Identity:
        raise Refused("sign-in-failed")

    def name_of(self, subject: str) -> str:
        return subject
