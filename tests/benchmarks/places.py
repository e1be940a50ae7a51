"""Where one run takes place: a database and a virtual host that nothing else uses."""

from dataclasses import asdict, dataclass, field
from typing import Any

SOURCE = "scheduling"
"""The service whose log is relayed."""
CONSUMER = "reporting"
"""The service whose inbox takes the events."""


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one run, each for one role; they hold passwords."""

    admin_url: str = field(repr=False)
    source_url: str = field(repr=False)
    consumer_url: str = field(repr=False)
    amqp_url: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
