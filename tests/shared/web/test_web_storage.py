"""What is full is told as full, wherever it is met."""

import errno
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from shared.errors import NotNow
from shared.storage import FULL, full_storage_is_told


class OfDatabase(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(number, "a name that is nobody's business") for number in sorted(FULL)),
        DBAPIError("", {}, OfDatabase("53100")),
    ],
)
def test_no_room_is_a_problem_that_says_so(error: Exception) -> None:
    with pytest.raises(NotNow) as raised, full_storage_is_told():
        raise error
    assert (raised.value.slug, raised.value.wait) == ("storage-full", timedelta(hours=1))


@pytest.mark.parametrize(
    "error", [OSError(errno.ECONNRESET, "away"), DBAPIError("", {}, OfDatabase("40001")), KeyError("x")]
)
def test_anything_else_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, full_storage_is_told():
        raise error
    assert raised.value is error
