"""The envelope of an event as it stands in JSON: CloudEvents 1.0 in structured mode."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from shared.catalogue.schemas import absolute
from shared.contracts.base import Event
from shared.contracts.kinds import Moment
from shared.events.envelope import LONGEST

Line = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]

Name = Annotated[Line, Field(min_length=1)]


class CloudEvent(BaseModel):
    """What Praksis reads of an envelope. Everything that it publishes carries also what may be left out here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: Name = Field(description="What its source calls it; another source may call another event the same.")
    source: Line = Field(description="Who published it, as in `/praksis/intake`.")
    type: Line
    subject: Line = Field(description="What it is about; events of one source and subject keep their order.")
    time: Moment
    datacontenttype: Literal["application/json"] | None = None
    dataschema: str | None = None
    partitionkey: str | None = None
    sequence: str = Field(pattern=r"^[1-9][0-9]{0,9}$", description="Counts the events of a source and subject from 1.")
    correlationid: UUID = Field(description="The conversation that it belongs to.")
    causationid: Name | None = Field(None, description="The id of the event whose effect it is.")
    traceparent: Line | None = Field(None, description="W3C trace context of what caused it.")
    data: dict[str, Any]


def cloud_event_of(event: type[Event]) -> type[BaseModel]:
    """The envelope with the data of one event version, as it is published."""
    fixed: dict[str, Any] = {
        "source": (Literal[f"/praksis/{event.producer}"], ...),
        "type": (Literal[event.type_name()], ...),
        "datacontenttype": (Literal["application/json"], ...),
        "dataschema": (Annotated[str, _address_of_schema(event)], ...),
        "partitionkey": (Line, Field(description="The subject.")),
        "data": (event, ...),
    }
    return create_model(event.routing_key(), __base__=CloudEvent, __doc__=event.__doc__, **fixed)


def _address_of_schema(event: type[Event]) -> Any:
    return Field(
        pattern=absolute(event.routing_key()),
        json_schema_extra={"format": "uri"},
        description="Where the schema of the data is, at the service that published it.",
    )
