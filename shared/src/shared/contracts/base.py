"""What every event is."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

EVENT_TYPES: dict[str, type["Event"]] = {}
"""Every event version by its CloudEvents type."""


class Fact(BaseModel):
    """A frozen part of an event. Unknown fields are ignored, so that a version may gain optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact):
    """A past-tense fact about one subject. It carries no personal data: people are opaque ids.

    A concrete event names its `producer` and, in `about`, the field that identifies its subject. A new meaning is a
    new class with a higher `contract_version`; the old class stays beside it under another Python name, with the name
    that it is published by as `contract_name`, and an upcaster (see `upcasting.py`) leads from it to the new one.
    """

    producer: ClassVar[str]
    about: ClassVar[str]
    contract_name: ClassVar[str] = ""
    contract_version: ClassVar[int] = 1

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "about" in cls.__dict__:
            EVENT_TYPES[cls.type_name()] = cls

    @classmethod
    def event_name(cls) -> str:
        """`ApplicationSubmitted`, the same for all versions."""
        return cls.contract_name or cls.__name__

    @classmethod
    def routing_key(cls) -> str:
        """`intake.ApplicationSubmitted.v1`"""
        return f"{cls.producer}.{cls.event_name()}.v{cls.contract_version}"

    @classmethod
    def type_name(cls) -> str:
        """`dk.praksis.intake.ApplicationSubmitted.v1`"""
        return f"dk.praksis.{cls.routing_key()}"

    @property
    def subject(self) -> str:
        """What the event is about, such as `application/0192…`; events of one subject keep their order."""
        return f"{self.about.removesuffix('_id')}/{getattr(self, self.about)}"
