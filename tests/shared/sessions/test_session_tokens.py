"""What a token says, where it counts, and for how long."""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from properties import patient
from pydantic import SecretStr

from shared.identity import Identity, Role
from shared.sessions.tokens import IDLE, LIFETIME, RENEWED_AFTER, Audience, Session, Sessions

SECRET = SecretStr("one secret for these tests, and for these alone")
CLARA = Identity("local:clara", "Clara Juhl", frozenset({Role.CASEWORKER}))
ANNA = Identity("local:anna", "Anna Holm", frozenset({Role.APPLICANT}), "0390")
NOW = 1_793_700_000
"""A whole second."""

audiences = pytest.mark.parametrize("audience", Audience)


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, "here")


class At:
    """Lets the machine's clock stand at so many seconds after `NOW`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seconds = 0.0
        monkeypatch.setattr("time.time", lambda: NOW + self._seconds)

    def __call__(self, after: timedelta | float) -> None:
        self._seconds = after.total_seconds() if isinstance(after, timedelta) else after


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    return At(monkeypatch)


@audiences
def test_a_token_says_who_and_nothing_personal(sessions: Sessions, at: At, audience: Audience) -> None:
    token = sessions.issue(ANNA, audience)
    session = sessions.read(token, audience)
    began = datetime.fromtimestamp(NOW, UTC)
    assert session is not None
    assert session == Session(
        session.id, "local:anna", frozenset({Role.APPLICANT}), "0390", audience, issued_at=began, renewed_at=began
    )
    claims = URLSafeTimedSerializer("").loads_unsafe(token)[1]
    assert claims == {"id": claims["id"], "sub": "local:anna", "roles": ["applicant"], "mun": "0390", "iat": NOW * 1000}


@audiences
def test_two_sessions_of_one_person_differ(sessions: Sessions, audience: Audience) -> None:
    first, second = (sessions.read(sessions.issue(CLARA, audience), audience) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_a_token_of_the_pages_is_none_for_programs_and_the_other_way_round(sessions: Sessions) -> None:
    read = {
        (issued, asked): sessions.read(sessions.issue(CLARA, issued), asked)
        for issued in Audience
        for asked in Audience
    }
    assert {pair for pair, session in read.items() if session is not None} == {(each, each) for each in Audience}


@audiences
def test_a_token_counts_in_its_own_installation_and_under_its_own_secret(
    sessions: Sessions, audience: Audience
) -> None:
    token = sessions.issue(CLARA, audience)
    assert Sessions(SECRET, "here").read(token, audience) is not None
    assert Sessions(SECRET, "elsewhere").read(token, audience) is None
    assert Sessions(SecretStr("another secret"), "here").read(token, audience) is None
    assert [sessions.read(other, audience) for other in (token.swapcase(), "", "ærlig talt")] == [None] * 3


def test_a_token_for_programs_lasts_twelve_hours(sessions: Sessions, at: At) -> None:
    token = sessions.issue(CLARA, Audience.PROGRAMS)
    at(LIFETIME - timedelta(seconds=1))
    assert sessions.read(token, Audience.PROGRAMS) is not None
    at(LIFETIME)
    assert sessions.read(token, Audience.PROGRAMS) is None


def test_a_session_of_the_pages_ends_two_hours_after_it_was_used_last(sessions: Sessions, at: At) -> None:
    token = sessions.issue(CLARA, Audience.PAGES)
    at(IDLE)
    session = sessions.read(token, Audience.PAGES)
    assert session is not None
    again = sessions.renewed(session)
    assert again is not None
    at(IDLE + timedelta(seconds=1))
    assert sessions.read(token, Audience.PAGES) is None
    at(2 * IDLE)
    assert sessions.read(again, Audience.PAGES) is not None


def test_a_session_that_is_used_all_the_time_ends_after_twelve_hours(sessions: Sessions, at: At) -> None:
    token, used = sessions.issue(CLARA, Audience.PAGES), timedelta()
    first = sessions.read(token, Audience.PAGES)
    assert first is not None
    while (used := used + timedelta(hours=1)) < LIFETIME:
        at(used)
        session = sessions.read(token, Audience.PAGES)
        assert session is not None
        assert (session.id, session.issued_at) == (first.id, first.issued_at)
        assert sessions.remaining(session) == LIFETIME - used
        token = sessions.renewed(session) or token
    at(LIFETIME - timedelta(seconds=1))
    assert sessions.read(token, Audience.PAGES) is not None
    at(LIFETIME)
    assert sessions.read(token, Audience.PAGES) is None


def test_a_token_is_renewed_when_it_is_five_minutes_old_and_only_for_pages(sessions: Sessions, at: At) -> None:
    tokens = {audience: sessions.issue(CLARA, audience) for audience in Audience}
    renewed = {}
    for after in (RENEWED_AFTER - timedelta(seconds=1), RENEWED_AFTER):
        at(after)
        for audience, token in tokens.items():
            session = sessions.read(token, audience)
            assert session is not None
            renewed[audience, after] = sessions.renewed(session) is not None
    assert [pair for pair, was in renewed.items() if was] == [(Audience.PAGES, RENEWED_AFTER)]


@pytest.mark.parametrize(
    "change",
    [{"roles": ["emperor"]}, {"id": "x"}, {"id": None}, {"iat": "today"}, {"iat": 1e300}, {"sub": ...}, {"iat": ...}],
)
def test_a_signed_token_with_other_claims_is_no_session(sessions: Sessions, change: dict[str, object]) -> None:
    good: dict[str, object] = {"id": "A" * 22, "sub": "y", "roles": [], "mun": None, "iat": round(time.time() * 1000)}
    signing = sessions._serializers[Audience.PAGES]
    assert sessions.read(str(signing.dumps(good)), Audience.PAGES) is not None
    changed = {name: value for name, value in (good | change).items() if value is not ...}
    assert sessions.read(str(signing.dumps(changed)), Audience.PAGES) is None


@pytest.mark.parametrize("claims", [[], "text", None])
def test_a_signed_token_of_something_else_is_no_session(sessions: Sessions, claims: object) -> None:
    token = sessions._serializers[Audience.PAGES].dumps(json.loads(json.dumps(claims)))
    assert sessions.read(str(token), Audience.PAGES) is None


@patient
@given(st.text(), st.text())
def test_a_person_has_one_id_that_does_not_tell_the_subject(one: str, other: str) -> None:
    sessions = Sessions(SECRET, "here")
    assert (sessions.person_of(one) == sessions.person_of(other)) is (one == other)
    assert sessions.person_of(one) == Sessions(SECRET, "elsewhere").person_of(one)
    assert sessions.person_of(one) != Sessions(SecretStr("another"), "here").person_of(one)
    assert isinstance(sessions.person_of(one), UUID)
