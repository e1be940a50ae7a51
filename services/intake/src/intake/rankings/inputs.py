"""What a look at a ranking may ask."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

Accept = Annotated[list[UUID] | None, Query(max_length=1000, description="What if these are accepted, and no others.")]
