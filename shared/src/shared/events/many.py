"""Queries for many events at once: ids as one array, since a statement takes no more than 32,767 single parameters."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, CollectionAggregate, Uuid, any_, literal


def one_of(ids: Sequence[UUID]) -> CollectionAggregate[bool]:
    """The right side of `column == one_of(ids)`, which is true for any of the ids, however many there are."""
    return any_(literal(list(ids), ARRAY(Uuid)))
