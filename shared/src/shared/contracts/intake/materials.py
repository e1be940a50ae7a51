"""Facts about material that is sent with gatherings."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import OpaqueId


class MaterialDue(IntakeEvent):
    """The day has come on which a text is sent to those who come to a gathering, or were there."""

    about: ClassVar[str] = "material_id"

    material_id: OpaqueId
    cohort_id: OpaqueId
