"""The selection of failures, as query parameters."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from shared.inputs.fields import Slug
from shared.operations.views import Alike, Place, Selection, Standing

_PLACE = r"^[0-9]{1,16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def selection(
    state: Annotated[Standing | None, Query(description="Only those that stand so.")] = None,
    outgoing: Annotated[
        bool | None, Query(description="Only those that could not be sent, or only those that could not be handled.")
    ] = None,
    type: Annotated[Slug | None, Query(description="Only events of this type; empty: only what is no event.")] = None,
    reason: Annotated[Slug | None, Query(description="Only what failed for this reason.")] = None,
    after: Annotated[str | None, Query(pattern=_PLACE, description="Where the list goes on, from its `Link`.")] = None,
) -> Selection:
    """The failures that a query selects; without a parameter, all of them."""
    return Selection(state, outgoing, type, reason, Place.read(after) if after else None)


def query_of(wanted: Selection) -> str:
    """The query string of a selection, with its question mark; empty for all failures."""
    given = {
        "state": wanted.state,
        "outgoing": None if wanted.outgoing is None else str(wanted.outgoing).lower(),
        "type": wanted.type,
        "reason": wanted.reason,
        "after": wanted.after,
    }
    query = urlencode({name: str(value) for name, value in given.items() if value is not None})
    return f"?{query}" if query else ""


def those_of(alike: Alike) -> Selection:
    """The selection of a group's failures."""
    return Selection(outgoing=alike.outgoing, type=alike.type or "", reason=alike.reason)
