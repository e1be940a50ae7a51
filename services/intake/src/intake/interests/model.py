"""An interest list (skriv dig op): people who want to be told of a gathering that has no dates yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from intake.programmes.offer import Audience
from shared.mailbox import mailbox_of


@dataclass(frozen=True, slots=True)
class WantedGathering:
    """What somebody wants to come to: a gathering of a programme, or of a form and on a topic of it."""

    programme: str
    form: str | None = None
    topic: str | None = None

    def is_met_by(self, programme: str, form: str | None, topic: str | None) -> bool:
        """Whether a gathering is what is wished for. One without a form or topic of its own may become it."""
        return (
            self.programme == programme
            and (None in (self.form, form) or self.form == form)
            and (None in (self.topic, topic) or self.topic == topic)
        )


@dataclass(frozen=True, slots=True)
class Interest:
    """Somebody on the list of a programme, who is written to in `language`.

    `left_at` is when they left it: because they wanted to, or because they got a place.
    """

    id: UUID
    wanted: WantedGathering
    name: str
    email: str
    language: Literal["da", "en"]
    registered_at: datetime
    audience: Audience | None = None
    municipality: str | None = None
    left_at: datetime | None = None

    def is_same_as(self, other: "Interest") -> bool:
        """Whether the same mailbox wishes for the same: a form sent twice."""
        return (mailbox_of(self.email), self.wanted) == (mailbox_of(other.email), other.wanted)
