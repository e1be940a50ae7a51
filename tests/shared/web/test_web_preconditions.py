import pytest
from fastapi import Request

from shared.errors import Problem, Stale, require_version
from shared.web.preconditions import etag, if_match


def request_with(*values: str) -> Request:
    return Request({"type": "http", "headers": [(b"if-match", value.encode()) for value in values]})


def test_a_version_goes_out_and_comes_back() -> None:
    assert [if_match(request_with(etag(version))) for version in (0, 7, 2_000_000_000)] == [0, 7, 2_000_000_000]


def test_a_change_names_its_version() -> None:
    with pytest.raises(Problem) as problem:
        if_match(request_with())
    assert (problem.value.status, problem.value.slug) == (428, "if-match-missing")


@pytest.mark.parametrize(
    "value", ["", "7", '"7', 'W/"7"', "*", '"7", "8"', '"07"', '"-1"', '"seven"', '"' + "9" * 30 + '"']
)
def test_what_is_no_version_is_refused(value: str) -> None:
    with pytest.raises(Problem) as problem:
        if_match(request_with(value))
    assert (problem.value.status, problem.value.slug) == (400, "if-match-malformed")


def test_a_version_that_has_passed_is_refused() -> None:
    require_version(7, 7)
    with pytest.raises(Stale) as stale:
        require_version(6, 7)
    assert (stale.value.slug, stale.value.parameters) == ("stale-version", {"seen": 6, "current": 7})
