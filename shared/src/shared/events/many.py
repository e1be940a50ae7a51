"""Asks for many events at once, of which a statement takes no more than 32,767 as parameters of their own."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, CollectionAggregate, Uuid, any_, literal


def one_of(ids: Sequence[UUID]) -> CollectionAggregate[bool]:
    """What a column equals that has one of the ids, however many there are."""
    return any_(literal(list(ids), ARRAY(Uuid)))
