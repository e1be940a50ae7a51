"""Words that events of several producers share."""

from enum import StrEnum

from shared.contracts.base import Fact
from shared.contracts.kinds import PublicName


class IntakeMode(StrEnum):
    """How one gets into a programme."""

    ROUNDS = "rounds"
    ROLLING = "rolling"
    REGISTRATION = "registration"


class Scope(StrEnum):
    """Whether an instrument is owed once by the course or once by each of its daycares."""

    COURSE = "course"
    DAYCARE = "daycare"


class Instrument(StrEnum):
    """A measurement that a phase may owe."""

    OBSERVATION = "observation"
    LEADERSHIP_SURVEY = "leadership_survey"


class Skill(StrEnum):
    """What a consultant can and a course may need; the first four are the themes of the 2017 call."""

    LEARNING_ENVIRONMENTS = "learning_environments"
    PARENTS = "parents"
    INTERDISCIPLINARY_WORK = "interdisciplinary_work"
    LEADERSHIP = "leadership"
    CHILDMINDING = "childminding"


class Requirement(Fact):
    """An instrument that a phase owes before it can be completed."""

    instrument: Instrument
    per: Scope


class Names(Fact):
    """What a thing is called on the screens."""

    da: PublicName
    en: PublicName
