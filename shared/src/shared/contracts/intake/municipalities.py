"""Facts about municipalities."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Day, MunicipalityCode


class MunicipalityMerged(IntakeEvent):
    """A municipality is part of another from a day on; what was open in it, intake has moved there.

    What has been told of an application before stays true of that day.
    """

    about: ClassVar[str] = "municipality"

    municipality: MunicipalityCode
    into: MunicipalityCode
    on: Day
