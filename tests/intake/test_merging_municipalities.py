"""A municipality that becomes part of another while cases are under way: what moves, and what stays as it was."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from merger_cases import (
    HOLBAEK,
    MERGERS,
    NAESTVED,
    NOTHING,
    ODENSE,
    VORDINGBORG,
    application,
    begun,
    decide,
    filled,
    merge,
    noted,
    sent,
    slug,
)
from service_under_test import OpenIntake, ServiceUnderTest, everybody_but
from sqlalchemy import text

from intake.municipalities.decisions import merge as decide_merger
from intake.municipalities.decisions import must_stand
from intake.municipalities.model import Merger, history, one_with, present, with_predecessors
from local.story import cast
from shared.contracts.intake.municipalities import MunicipalityMerged
from shared.decision import Decision
from shared.errors import Refused

NEW_YEAR = date(2027, 1, 1)
NOON = datetime(2027, 1, 1, 11, tzinfo=UTC)
FIRST = Merger(VORDINGBORG, NAESTVED, NEW_YEAR, "clara", NOON)
LATER = Merger(NAESTVED, ODENSE, date(2027, 3, 1), "clara", NOON)
CHAIN = {VORDINGBORG: FIRST, NAESTVED: LATER}


def refusal(merger: Merger, *known: Merger) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        decide_merger(merger, {each.municipality: each for each in known})
    return refused.value.slug, refused.value.parameters


def test_a_merger_is_a_fact_of_its_day() -> None:
    event = MunicipalityMerged(municipality=VORDINGBORG, into=NAESTVED, on=NEW_YEAR)
    assert decide_merger(FIRST, {}) == Decision(FIRST, (event,))
    assert event.subject == "municipality/0390"


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), True),
        (datetime(2027, 1, 1, 22, 59, 59, tzinfo=UTC), True),
    ],
)
def test_it_is_noted_on_its_first_day_at_the_office_and_no_earlier(moment: datetime, fits: bool) -> None:
    merger = replace(FIRST, noted_at=moment)
    if fits:
        assert decide_merger(merger, {}).state == merger
    else:
        assert refusal(merger) == ("merger-not-yet", {"on": NEW_YEAR})


def test_what_cannot_merge_is_refused() -> None:
    assert refusal(replace(FIRST, into=VORDINGBORG)) == ("merger-into-itself", {})
    again, told = refusal(replace(FIRST, into=HOLBAEK), FIRST)
    assert (again, told["municipality"], told["into"]) == ("municipality-merged", VORDINGBORG, NAESTVED)
    into_merged, told = refusal(replace(FIRST, municipality=HOLBAEK, into=VORDINGBORG), FIRST)
    assert (into_merged, told["municipality"]) == ("municipality-merged", VORDINGBORG)
    back, told = refusal(Merger(NAESTVED, VORDINGBORG, NEW_YEAR, "clara", NOON), FIRST)
    assert (back, told["municipality"]) == ("municipality-merged", VORDINGBORG)


@pytest.mark.parametrize(("day", "fits"), [(date(2026, 12, 31), False), (NEW_YEAR, True)])
def test_what_took_another_in_was_there_on_that_day(day: date, fits: bool) -> None:
    merger = replace(LATER, on=day)
    if fits:
        assert decide_merger(merger, {VORDINGBORG: FIRST}).state == merger
    else:
        assert refusal(merger, FIRST) == ("merger-before-another", {"on": NEW_YEAR})


def test_a_chain_leads_to_the_municipality_of_today() -> None:
    assert history(CHAIN, VORDINGBORG) == (FIRST, LATER)
    assert [present(CHAIN, code) for code in (VORDINGBORG, NAESTVED, ODENSE, HOLBAEK)] == [ODENSE] * 3 + [HOLBAEK]
    for code in (VORDINGBORG, NAESTVED, ODENSE):
        assert one_with(CHAIN, code) == {VORDINGBORG, NAESTVED, ODENSE}
    assert one_with(CHAIN, HOLBAEK) == {HOLBAEK}
    predecessors = [with_predecessors(CHAIN, code) for code in (VORDINGBORG, NAESTVED, ODENSE)]
    assert predecessors == [{VORDINGBORG}, {VORDINGBORG, NAESTVED}, {VORDINGBORG, NAESTVED, ODENSE}]
    with pytest.raises(Refused) as refused:
        must_stand(CHAIN, VORDINGBORG)
    assert refused.value.parameters == {
        "municipality": VORDINGBORG,
        "name": "Vordingborg",
        "into": ODENSE,
        "into_name": "Odense",
        "on": date(2027, 3, 1),
    }


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def agreement_on(office: OpenIntake, id: str) -> dict[str, Any]:
    answer = await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")
    agreement: dict[str, Any] = answer.json()
    return agreement


async def test_what_is_open_moves_and_what_is_closed_stays(office: OpenIntake) -> None:
    service = office.service
    draft = await filled(office)
    submitted = (await office.submitted())["id"]
    accepted, declined, waiting, withdrawn = [
        (await office.submitted(round_id=await office.another_round()))["id"] for _ in range(4)
    ]
    await decide(office, accepted, "acceptance")
    await decide(office, declined, "declination", reason="Nej.")
    await decide(office, waiting, "waiting", reason="Senere.")
    agreement = await agreement_on(office, accepted)
    await decide(office, withdrawn, "acceptance")
    given_up = await agreement_on(office, withdrawn)
    await service.post(f"/api/v1/applications/{withdrawn}/withdrawal", None, "anna", if_match='"2"')
    await service.post(f"/api/v1/rounds/{office.round['id']}/late-entries", {"municipality": VORDINGBORG}, "david")
    asked, answered = [(await service.post("/api/v1/enquiries", {"question": "?"}, "anna")).json() for _ in range(2)]
    await service.post(f"/api/v1/enquiries/{answered['id']}/answer", {"answer": "!"}, "david", if_match='"1"')
    closed = {"how": "closed", "on": "2026-01-01"}
    ended = office.daycares["kindergarten"]
    await service.post(f"/api/v1/daycares/{ended}/end", closed, "clara", if_match='"1"')

    expected = {"daycares": 3, "applications": 3, "agreements": 1, "late_entries": 1, "enquiries": 1}
    preview = await noted(service, preview=True)
    assert (preview.json()["stored"], preview.json()["moved"]) == (False, expected)
    assert (await application(office, submitted))["municipality"] == VORDINGBORG
    assert await merge(service) == expected

    shown = {id: await application(office, id) for id in (submitted, accepted, waiting, declined, withdrawn)}
    assert {id: (each["municipality"], each["applied_as"]) for id, each in shown.items()} == {
        **dict.fromkeys((submitted, accepted, waiting), (ODENSE, VORDINGBORG)),
        **dict.fromkeys((declined, withdrawn), (VORDINGBORG, None)),
    }
    assert (shown[submitted]["version"], shown[declined]["version"]) == (2, 2)
    agreements = {each["id"]: each for each in (await service.get("/api/v1/agreements", "clara")).json()}
    assert agreements[agreement["id"]]["municipality"] == ODENSE
    assert agreements[given_up["id"]]["municipality"] == VORDINGBORG
    daycares = {each["id"]: each["municipality"] for each in (await service.get("/api/v1/daycares")).json()}
    assert [daycares[office.daycares[each]] for each in ("nursery", "kindergarten")] == [ODENSE, VORDINGBORG]
    enquiries = {each["id"]: each["municipality"] for each in (await service.get("/api/v1/enquiries", "david")).json()}
    assert (enquiries[asked["id"]], enquiries[answered["id"]]) == (ODENSE, VORDINGBORG)
    assert (await service.get(f"/api/v1/drafts/{draft}", "anna")).json()["version"] == 3
    assert await rows_under(office, "draft", ODENSE) == 1
    assert await rows_under(office, "late_entry", ODENSE) == 1
    name, data = (await service.published())[-1]
    assert (name, data["municipality"], data["into"]) == ("MunicipalityMerged", VORDINGBORG, ODENSE)


async def rows_under(office: OpenIntake, table: str, municipality: str) -> int:
    async with office.service.database.work() as work:
        statement = text(f"select count(*) from intake.{table} where municipality = :code")
        return int(await work.session.scalar(statement, {"code": municipality}) or 0)


async def test_a_code_that_has_been_used_stays_as_it_was(office: OpenIntake) -> None:
    service = office.service
    path = f"/api/v1/rounds/{office.round['id']}/late-entries"
    used, unused = [(await service.post(path, {"municipality": VORDINGBORG}, "david")).json()["code"] for _ in range(2)]
    service.clock.move_to(service.clock.now() + timedelta(days=40))
    await office.submitted(late_code=used)
    assert (await merge(service))["late_entries"] == 1
    assert await rows_under(office, "late_entry", VORDINGBORG) == 1
    wish = office.long_course("childminding", "kindergarten", late_code=unused)
    assert slug(await service.post("/api/v1/applications", wish, "anna")) == (409, "municipality-merged")


async def test_a_chain_keeps_the_first_name(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await merge(office.service, VORDINGBORG, NAESTVED, days_ago=2))["applications"] == 1
    assert (await merge(office.service, NAESTVED, ODENSE, days_ago=1))["applications"] == 1
    shown = await application(office, id)
    assert (shown["municipality"], shown["applied_as"], shown["version"]) == (ODENSE, VORDINGBORG, 3)
    listed = {each["code"]: each for each in (await office.service.get("/api/v1/municipalities", None)).json()}
    assert [listed[code]["merged_into"] for code in (VORDINGBORG, NAESTVED, ODENSE)] == [NAESTVED, ODENSE, None]
    assert listed[ODENSE]["merged_on"] is None
    assert listed[NAESTVED]["merged_on"] > listed[VORDINGBORG]["merged_on"]


@pytest.mark.parametrize(
    ("municipality", "into", "days_ago", "expected"),
    [
        (VORDINGBORG, VORDINGBORG, 0, (422, "merger-into-itself")),
        ("9999", ODENSE, 0, (422, "unknown-municipality")),
        (VORDINGBORG, "x" * 10_000, 0, (422, "unknown-municipality")),
        (VORDINGBORG, ODENSE, -1, (422, "merger-not-yet")),
        (HOLBAEK, ODENSE, 0, (409, "municipality-merged")),
        (VORDINGBORG, HOLBAEK, 0, (409, "municipality-merged")),
        (ODENSE, NAESTVED, 6, (422, "merger-before-another")),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
async def test_a_merger_that_cannot_be_is_refused_and_nothing_moves(
    intake_service: ServiceUnderTest, municipality: str, into: str, days_ago: int, expected: object, preview: bool
) -> None:
    await merge(intake_service, HOLBAEK, ODENSE, days_ago=5)
    answer = await noted(intake_service, municipality, into, days_ago=days_ago, preview=preview)
    assert slug(answer) == expected
    assert await intake_service.rows("municipality_merger") == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"municipality": VORDINGBORG, "into": ODENSE},
        {"municipality": 390, "into": ODENSE, "on": "2026-01-01"},
        {"municipality": VORDINGBORG, "into": None, "on": "2026-01-01"},
        {"municipality": VORDINGBORG, "into": ODENSE, "on": "yesterday"},
        {"municipality": VORDINGBORG, "into": ODENSE, "on": "1899-12-31"},
        {"municipality": VORDINGBORG, "into": ODENSE, "on": "2026-01-01", "preview": "no"},
        {"municipality": VORDINGBORG, "into": ODENSE, "on": "2026-01-01", "why": "so"},
    ],
)
async def test_what_is_no_merger_is_refused(intake_service: ServiceUnderTest, body: Any) -> None:
    assert slug(await intake_service.post(MERGERS, body, "clara")) == (422, "invalid-request")
    assert await intake_service.rows("municipality_merger") == 0


async def test_only_the_office_notes_mergers(intake_service: ServiceUnderTest) -> None:
    for name in (*everybody_but("caseworker", "coordinator", "administrator"), None):
        for preview in (True, False):
            body = {"municipality": VORDINGBORG, "into": ODENSE, "on": "2026-01-01", "preview": preview}
            assert (await intake_service.post(MERGERS, body, name)).status_code == (401 if name is None else 403)
    assert await intake_service.rows("municipality_merger") == 0


# At once


@pytest.mark.parametrize(
    "pairs",
    [
        ((VORDINGBORG, ODENSE), (VORDINGBORG, NAESTVED)),
        ((VORDINGBORG, ODENSE), (ODENSE, VORDINGBORG)),
        ((VORDINGBORG, ODENSE), (VORDINGBORG, ODENSE)),
    ],
)
async def test_of_two_mergers_at_once_one_is_refused(
    intake_service: ServiceUnderTest, pairs: tuple[tuple[str, str], ...]
) -> None:
    answers = await asyncio.gather(*(noted(intake_service, *pair) for pair in pairs))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await intake_service.rows("municipality_merger") == 1


async def test_a_submission_at_the_same_moment_is_there_before_the_merger_or_refused(office: OpenIntake) -> None:
    rounds = [await office.another_round() for _ in range(8)]
    wishes = [office.long_course(round_id=round_id) for round_id in rounds]
    *answers, merger = await asyncio.gather(
        *(office.service.post("/api/v1/applications", wish, "anna") for wish in wishes), noted(office.service)
    )
    assert merger.status_code == 200
    told = [slug(answer) for answer in answers]
    assert {each for each in told if each[0] != 201} <= {(409, "municipality-merged")}
    assert await rows_under(office, "application", VORDINGBORG) == 0
    assert await rows_under(office, "application", ODENSE) == sum(status == 201 for status, _ in told)


async def test_a_merger_waits_for_a_submission_that_is_under_way(office: OpenIntake) -> None:
    """The submission has looked, found its municipality standing, and not been committed when the merger comes."""
    async with office.service.database.work() as work:
        await work.session.execute(text("select intake.hold_municipalities(array['0390'])"))
        merger = asyncio.create_task(noted(office.service))
        late = None
        try:
            await _until_somebody_waits(office)
            assert not merger.done()
            late = asyncio.create_task(office.service.post("/api/v1/enquiries", {"question": "?"}, "anna"))
            await asyncio.sleep(0.1)
        finally:
            await work.session.rollback()
    assert (await merger).status_code == 200
    assert late is not None
    assert slug(await late) == (409, "municipality-merged")


async def _until_somebody_waits(office: OpenIntake) -> None:
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    async with office.service.database.work() as work:
        async with asyncio.timeout(10):
            while not await work.session.scalar(waiting):
                await asyncio.sleep(0.02)


async def test_sending_a_draft_and_merging_at_once_do_not_wait_for_each_other(office: OpenIntake) -> None:
    draft = await filled(office)
    answer, merger = await asyncio.gather(sent(office, draft, 2), noted(office.service))
    assert merger.status_code == 200
    assert slug(answer) in [(200, ""), (412, "stale-version")]
    if answer.status_code == 412:
        assert (await sent(office, draft, 3)).status_code == 200
    assert (await application(office, draft))["municipality"] == ODENSE


# How much it costs


async def test_a_merger_takes_as_many_queries_with_fifty_applications_as_with_one(office: OpenIntake) -> None:
    counts = []
    for number, municipality, into in ((1, VORDINGBORG, NAESTVED), (50, ODENSE, HOLBAEK)):
        for _ in range(number):
            if municipality == ODENSE:
                wish = office.short_course()
                assert (await office.service.post("/api/v1/applications", wish, cast.LEADER)).status_code == 201
            else:
                await office.submitted()
        for preview in (True, False):
            async with office.service.statements() as statements:
                answer = await noted(office.service, municipality, into, preview=preview)
            assert answer.json()["moved"]["applications"] == number
            counts.append(len(statements))
    assert counts[:2] == counts[2:]


async def test_nothing_moves_where_nothing_is(intake_service: ServiceUnderTest) -> None:
    assert await merge(intake_service, HOLBAEK, ODENSE) == NOTHING
    assert (await noted(intake_service, HOLBAEK, ODENSE)).status_code == 409


async def test_whoever_asks_twice_under_one_key_gets_the_first_answer(office: OpenIntake) -> None:
    body = {"municipality": VORDINGBORG, "into": ODENSE, "on": "2026-01-01"}
    first, second = [await office.service.post(MERGERS, body, "clara", key="once") for _ in range(2)]
    assert (first.status_code, first.json()) == (200, second.json())
    assert (await begun(office)).status_code == 409
