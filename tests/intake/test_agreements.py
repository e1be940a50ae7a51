"""The agreement between the office and a municipality: written, changed, signed by both, or given up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from intake_cases import NOON, case, daycare, daycares, programme, real_programme
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import select

from intake.agreements.decisions import change, draft, last_day, proposed_start, remind, reopen, sign
from intake.agreements.model import Agreement, Party, Signature, Terms
from intake.applications.decisions import accept, conclude, submit
from intake.applications.model import ApplicationStatus
from intake.organisations.model import DaycareKind
from intake.programmes.model import Programme
from intake.programmes.offer import Offer
from intake.programmes.rules import HourCap
from shared.contracts.intake.agreements import AgreementSigned, SignatureAwaited
from shared.contracts.vocabulary import Skill
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.hours import whole_hours_of
from shared.office import office_date

AGREEMENTS = "/api/v1/agreements"
LONG = programme()
CAPPED = programme(HourCap(rule="hour_cap", at_most=20))
SUBMITTED = submit(case(*daycares(2)), LONG, None, NOON).state
ACCEPTED = accept(SUBMITTED, LONG, "clara", NOON).state
DRAFT = draft(UUID(int=500), ACCEPTED, "clara", NOON).state
TODAY = date(2026, 11, 2)
REMIND_AT = datetime(2026, 11, 16, 7, tzinfo=UTC)
LATER = NOON + timedelta(days=7)
YEAR = datetime.now(UTC).year + 2
"""Near enough to be planned for."""


def reminder(at: datetime) -> Timer:
    awaited = SignatureAwaited(agreement_id=DRAFT.id, application_id=DRAFT.application_id)
    return Timer(f"agreement/{DRAFT.id}/reminder", at, awaited)


def signature(party: Party, at: datetime = NOON) -> Signature:
    return Signature(party, f"{party}-id", f"{party}'s name", at)


def signed(*parties: Party, of: Agreement = DRAFT) -> Agreement:
    remind_at = None if Party.APPLICANT in parties else of.remind_at
    return replace(of, signatures=tuple(signature(party) for party in parties), remind_at=remind_at)


def starting(on: date, hours: int | None = None) -> Terms:
    return Terms(on, hours)


def refusal(decide: Callable[[], object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        decide()
    return refused.value.slug, refused.value.parameters


# Deciding


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2026, 10, 31), date(2026, 12, 1)),
        (date(2026, 11, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 2, 1)),
    ],
)
def test_a_course_is_proposed_to_start_on_the_first_of_the_month_after_next(today: date, start: date) -> None:
    assert proposed_start(today) == start


def test_an_agreement_is_proposed_from_the_application() -> None:
    application = replace(ACCEPTED, case=replace(ACCEPTED.case, wish=replace(ACCEPTED.case.wish, hours=12)))
    assert draft(UUID(int=500), application, "clara", NOON) == Decision(
        Agreement(
            id=UUID(int=500),
            application_id=application.case.id,
            municipality="0390",
            programme="a-course",
            terms=Terms(date(2027, 1, 1), 12),
            drafted_at=NOON,
            drafted_by="clara",
            remind_at=REMIND_AT,
        ),
        (),
        (reminder(REMIND_AT),),
    )


@pytest.mark.parametrize("status", sorted(set(ApplicationStatus) - {ApplicationStatus.ACCEPTED}))
def test_only_on_an_accepted_application_anything_is_agreed(status: ApplicationStatus) -> None:
    application = replace(ACCEPTED, status=status)
    decisions: tuple[Callable[[], object], ...] = (
        lambda: draft(UUID(int=500), application, "clara", NOON),
        lambda: change(DRAFT, application, LONG, starting(TODAY), NOON),
        lambda: sign(DRAFT, application, LONG, signature(Party.OFFICE)),
        lambda: conclude(application),
    )
    for decide in decisions:
        assert refusal(decide) == ("application-not-accepted", {"status": status})


@pytest.mark.parametrize("decide", ["change", "sign"])
def test_a_course_starts_at_most_five_years_ahead(decide: str) -> None:
    def starts(on: date) -> object:
        if decide == "change":
            return change(DRAFT, ACCEPTED, LONG, starting(on), NOON)
        return sign(replace(DRAFT, terms=starting(on)), ACCEPTED, LONG, signature(Party.OFFICE))

    latest = date(2031, 11, 2)
    assert starts(latest)
    for day in (date(2031, 11, 3), date(2100, 12, 31)):
        facts = {"field": "starts_on", "day": day, "latest": latest}
        assert refusal(partial(starts, day)) == ("day-too-far-ahead", facts)


def test_whatever_is_changed_takes_every_signature_back_and_nothing_changed_takes_none() -> None:
    half = signed(Party.APPLICANT)
    other = starting(date(2027, 2, 1))
    remind_at = datetime(2026, 11, 23, 7, tzinfo=UTC)
    asked_anew = replace(DRAFT, terms=other, remind_at=remind_at)
    assert change(half, ACCEPTED, LONG, other, LATER) == Decision(asked_anew, (), (reminder(remind_at),))
    assert change(half, ACCEPTED, LONG, DRAFT.terms, NOON) == Decision(half)
    assert reopen(half, LATER) == Decision(replace(DRAFT, remind_at=remind_at), (), (reminder(remind_at),))


@pytest.mark.parametrize(
    ("moment", "agreement", "status", "is_reminded"),
    [
        (REMIND_AT, DRAFT, ApplicationStatus.ACCEPTED, True),
        (REMIND_AT - timedelta(seconds=1), DRAFT, ApplicationStatus.ACCEPTED, False),
        (REMIND_AT, signed(Party.OFFICE), ApplicationStatus.ACCEPTED, True),
        (REMIND_AT, signed(Party.APPLICANT), ApplicationStatus.ACCEPTED, False),
        (REMIND_AT, DRAFT, ApplicationStatus.WITHDRAWN, False),
        (REMIND_AT, replace(DRAFT, remind_at=None), ApplicationStatus.ACCEPTED, False),
        (REMIND_AT, replace(DRAFT, terms=starting(REMIND_AT.date())), ApplicationStatus.ACCEPTED, True),
        (
            REMIND_AT,
            replace(DRAFT, terms=starting(REMIND_AT.date() - timedelta(days=1))),
            ApplicationStatus.ACCEPTED,
            False,
        ),
    ],
)
def test_an_applicant_is_reminded_once_when_it_is_time_and_there_is_something_to_sign(
    moment: datetime, agreement: Agreement, status: ApplicationStatus, is_reminded: bool
) -> None:
    expected = replace(agreement, remind_at=None) if is_reminded else None
    assert remind(agreement, replace(ACCEPTED, status=status), moment) == expected


def test_what_both_have_signed_stays() -> None:
    both = signed(*Party)
    decisions: tuple[Callable[[], object], ...] = (
        lambda: change(both, ACCEPTED, LONG, DRAFT.terms, NOON),
        lambda: sign(both, ACCEPTED, LONG, signature(Party.OFFICE)),
        lambda: reopen(both, NOON),
    )
    for decide in decisions:
        assert refusal(decide) == ("agreement-signed", {})


@pytest.mark.parametrize(("starts_on", "fits"), [(TODAY, True), (TODAY - timedelta(days=1), False)])
def test_a_course_starts_on_the_day_of_the_acceptance_or_later(starts_on: date, fits: bool) -> None:
    if fits:
        assert change(DRAFT, ACCEPTED, LONG, starting(starts_on), NOON).state.terms.starts_on == starts_on
    else:
        told = refusal(lambda: change(DRAFT, ACCEPTED, LONG, starting(starts_on), NOON))
        assert told == ("start-before-acceptance", {"accepted_on": TODAY})


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2018, 12, 31), 12, date(2019, 12, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
    ],
)
def test_a_course_of_so_many_months_ends(start: date, months: int, end: date) -> None:
    assert last_day(start, months) == end


@pytest.mark.parametrize(("starts_on", "fits"), [(date(2027, 3, 31), True), (date(2027, 4, 1), False)])
def test_a_course_ends_within_the_window_of_its_programme(starts_on: date, fits: bool) -> None:
    ending = replace(LONG, offer=Offer(runs_until=date(2027, 6, 30)))  # a course of three months
    if fits:
        assert change(DRAFT, ACCEPTED, ending, starting(starts_on), NOON).state.terms.starts_on == starts_on
    else:
        told = refusal(lambda: change(DRAFT, ACCEPTED, ending, starting(starts_on), NOON))
        assert told == ("start-outside-window", {"runs_until": date(2027, 6, 30)})


@pytest.mark.parametrize(("hours", "fits"), [(None, False), (0, False), (1, True), (20, True), (21, False)])
def test_the_hours_are_within_the_cap_of_the_version_that_judged(hours: int | None, fits: bool) -> None:
    terms = starting(DRAFT.terms.starts_on, hours)
    if fits:
        assert change(DRAFT, ACCEPTED, CAPPED, terms, NOON).state.terms == terms
    else:
        assert refusal(lambda: change(DRAFT, ACCEPTED, CAPPED, terms, NOON)) == ("hours-outside-cap", {"at_most": 20})


@pytest.mark.parametrize("first", Party)
def test_when_both_have_signed_it_is_told_what_was_agreed_and_not_by_whom(first: Party) -> None:
    (second,) = [party for party in Party if party is not first]
    later = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    half = sign(DRAFT, ACCEPTED, LONG, signature(first))
    assert half == Decision(signed(first))
    assert refusal(lambda: sign(half.state, ACCEPTED, LONG, signature(first))) == ("party-signed-already", {})
    whole = sign(half.state, ACCEPTED, LONG, signature(second, later))
    assert whole.state.signatures == (signature(first), signature(second, later))
    assert whole.events == (
        AgreementSigned(
            agreement_id=DRAFT.id,
            application_id=ACCEPTED.case.id,
            programme="a-course",
            programme_version=3,
            municipality="0390",
            daycares=tuple(each.id for each in daycares(2)),
            skills=(Skill.PARENTS,),
            hours=None,
            starts_on=date(2027, 1, 1),
            on=date(2026, 12, 2),
        ),
    )


def test_the_skills_are_those_that_its_daycares_need() -> None:
    childminding = case(daycare(1), daycare(2, kind=DaycareKind.CHILDMINDING))
    (told,) = sign(signed(Party.OFFICE), replace(ACCEPTED, case=childminding), LONG, signature(Party.APPLICANT)).events
    assert isinstance(told, AgreementSigned)
    assert told.skills == (Skill.CHILDMINDING, Skill.PARENTS)


@pytest.mark.parametrize(("day", "fits"), [(date(2027, 1, 1), True), (date(2027, 1, 2), False)])
def test_nobody_signs_for_a_start_that_has_passed(day: date, fits: bool) -> None:
    at = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    if fits:
        assert sign(DRAFT, ACCEPTED, LONG, signature(Party.OFFICE, at)).state.missing == (Party.APPLICANT,)
    else:
        told = refusal(lambda: sign(DRAFT, ACCEPTED, LONG, signature(Party.OFFICE, at)))
        assert told == ("start-passed", {"starts_on": date(2027, 1, 1)})


def test_a_signed_agreement_is_noted_on_the_application() -> None:
    assert conclude(ACCEPTED) == Decision(replace(ACCEPTED, status=ApplicationStatus.AGREED))


def test_the_real_one_year_course_ends_with_its_project() -> None:
    one_year: Programme = real_programme("one-year-course")
    told = refusal(lambda: change(DRAFT, ACCEPTED, one_year, starting(date(2027, 1, 1)), NOON))
    assert told == ("start-outside-window", {"runs_until": date(2019, 12, 31)})


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def accepted(office: OpenIntake, **changes: Any) -> str:
    id = str((await office.submitted(**changes))["id"])
    answer = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text
    return id


async def drafted(office: OpenIntake, **changes: Any) -> dict[str, Any]:
    body = {"application_id": await accepted(office, **changes)}
    answer = await office.service.post(AGREEMENTS, body, "clara")
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"'), answer.text
    agreement: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"{AGREEMENTS}/{agreement['id']}"
    return agreement


async def sign_as(office: OpenIntake, id: str, name: str, seen: int) -> httpx.Response:
    return await office.service.post(f"{AGREEMENTS}/{id}/signature", None, name, if_match=f'"{seen}"')


async def change_to(office: OpenIntake, id: str, seen: int, name: str = "clara", **terms: Any) -> httpx.Response:
    return await office.service.post(f"{AGREEMENTS}/{id}/terms", terms, name, if_match=f'"{seen}"', language="en")


async def withdraw(office: OpenIntake, application: str, seen: int = 2) -> httpx.Response:
    path = f"/api/v1/applications/{application}/withdrawal"
    return await office.service.post(path, None, "anna", if_match=f'"{seen}"')


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")


async def names_told(office: OpenIntake) -> list[str]:
    return [name for name, _ in await office.service.published()][9:]


async def test_an_agreement_is_written_and_signed_by_both_parties(office: OpenIntake) -> None:
    agreement = await drafted(office)
    today = office_date(office.service.clock.now())
    assert agreement == {
        "id": str(UUID(agreement["id"])),
        "version": 1,
        "application_id": agreement["application_id"],
        "municipality": "0390",
        "programme": "long-course",
        "starts_on": str(proposed_start(today)),
        "hours": None,
        "drafted_at": agreement["drafted_at"],
        "signatures": [],
    }
    assert (await sign_as(office, agreement["id"], "anna", 1)).status_code == 200
    both = await sign_as(office, agreement["id"], "david", 2)
    assert (both.status_code, both.headers["ETag"]) == (200, '"3"')
    assert [each["party"] for each in both.json()["signatures"]] == ["applicant", "office"]
    shown = await office.service.get(f"{AGREEMENTS}/{agreement['id']}", "anna")
    assert (shown.json(), shown.headers["ETag"]) == (both.json(), '"3"')
    application = await office.service.get(f"/api/v1/applications/{agreement['application_id']}", "anna")
    assert application.json()["status"] == "agreed"
    name, data = (await office.service.published())[-1]
    assert (name, data) == (
        "AgreementSigned",
        {
            "agreement_id": agreement["id"],
            "application_id": agreement["application_id"],
            "programme": "long-course",
            "programme_version": 1,
            "municipality": "0390",
            "daycares": [office.daycares["nursery"], office.daycares["integrated"]],
            "skills": ["leadership", "learning_environments", "parents"],
            "hours": None,
            "starts_on": agreement["starts_on"],
            "on": str(today),
        },
    )


CONTACT = {"name": "Anna Holm", "email": "anna@example.org"}


async def owed(office: OpenIntake) -> list[tuple[str, str, str]]:
    """The e-mails about agreements that are owed: to whom, about what, and where they lead."""
    mail = office.service.database.tables.mail
    async with office.service.database.work() as work:
        rows = await work.session.execute(select(mail.c.address, mail.c.subject, mail.c.link).order_by(mail.c.id))
        return [(to, subject["message"], link) for to, subject, link in rows if link.startswith("/agreements/")]


async def test_the_contact_is_told_when_a_signature_is_wanted_and_when_all_is_signed(office: OpenIntake) -> None:
    agreement = await drafted(office, contact=CONTACT)
    for starts_on in (f"{YEAR}-01-01", f"{YEAR}-01-01", f"{YEAR}-02-01"):
        seen = (await office.service.get(f"{AGREEMENTS}/{agreement['id']}", "clara")).json()["version"]
        assert (await change_to(office, agreement["id"], seen, starts_on=starts_on)).status_code == 200
    for version, name in ((3, "anna"), (4, "clara")):
        assert (await sign_as(office, agreement["id"], name, version)).status_code == 200
    wanted, signed = "The agreement waits for your signature: {programme}", "The agreement is signed: {programme}"
    link = f"/agreements/{agreement['id']}"
    assert await owed(office) == [
        *(("anna@example.org", wanted, link),) * 3,
        ("anna@example.org", signed, link),
    ]


async def test_where_nobody_is_named_nobody_is_told(office: OpenIntake) -> None:
    await drafted(office)
    assert await owed(office) == []


async def test_a_change_takes_the_signature_back(office: OpenIntake) -> None:
    agreement = await drafted(office)
    await sign_as(office, agreement["id"], "anna", 1)
    changed = await change_to(office, agreement["id"], 2, starts_on=agreement["starts_on"], hours=80)
    assert (changed.status_code, changed.json()["version"], changed.json()["signatures"]) == (200, 3, [])
    assert slug(await sign_as(office, agreement["id"], "anna", 2)) == (412, "stale-version")
    same = await change_to(office, agreement["id"], 3, starts_on=agreement["starts_on"], hours=80)
    assert (same.status_code, same.json()["version"]) == (200, 3)
    assert await names_told(office) == ["ApplicationSubmitted", "ApplicationAccepted"]


@pytest.mark.parametrize(
    ("terms", "status"),
    [
        ({"starts_on": "2001-01-01"}, 422),
        ({"starts_on": "tomorrow"}, 422),
        ({"hours": 3}, 422),
        ({"starts_on": f"{YEAR}-01-01", "hours": 0}, 422),
        ({"starts_on": f"{YEAR}-01-01", "hours": 10_001}, 422),
        ({"starts_on": f"{YEAR}-01-01", "hours": "3"}, 422),
        ({"starts_on": f"{YEAR}-01-01", "signed": True}, 422),
        ({"starts_on": f"{YEAR}-01-01", "hours": 10.555}, 422),
        ({"starts_on": "2100-12-31"}, 422),
        ({"starts_on": f"{YEAR}-01-01", "hours": 10.55}, 200),
        ({"starts_on": f"{YEAR}-01-01", "hours": 10_000}, 200),
    ],
)
async def test_terms_that_make_no_sense_change_nothing(office: OpenIntake, terms: dict[str, Any], status: int) -> None:
    agreement = await drafted(office)
    before = await office.service.get(f"{AGREEMENTS}/{agreement['id']}", "clara")
    assert (await change_to(office, agreement["id"], 1, **terms)).status_code == status
    after = await office.service.get(f"{AGREEMENTS}/{agreement['id']}", "clara")
    assert (after.json() == before.json()) == (status == 422)


async def test_there_is_one_agreement_on_an_application_also_when_two_write_it_at_once(office: OpenIntake) -> None:
    body = {"application_id": await accepted(office)}
    answers = await asyncio.gather(*(office.service.post(AGREEMENTS, body, "clara") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    (written,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert {answer.json()["agreement_id"] for answer in answers if answer.status_code == 409} == {written}


async def test_on_what_is_not_accepted_nothing_is_written(office: OpenIntake) -> None:
    waiting = {"application_id": (await office.submitted())["id"]}
    assert slug(await office.service.post(AGREEMENTS, waiting, "clara")) == (409, "application-not-accepted")
    nowhere = {"application_id": str(uuid4())}
    assert slug(await office.service.post(AGREEMENTS, nowhere, "clara")) == (404, "unknown-application")
    assert await office.service.rows("agreement") == 0


async def test_both_may_sign_at_once_and_it_is_told_once(office: OpenIntake) -> None:
    agreement = await drafted(office)
    answers = await asyncio.gather(*(sign_as(office, agreement["id"], name, 1) for name in ("anna", "david", "clara")))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    for name in ("anna", "david"):
        await sign_as(office, agreement["id"], name, 2)
    assert (await names_told(office)).count("AgreementSigned") == 1


async def test_of_the_last_signature_and_a_withdrawal_at_once_one_counts(office: OpenIntake) -> None:
    agreement = await drafted(office)
    await sign_as(office, agreement["id"], "clara", 1)
    last, given_up = await asyncio.gather(
        sign_as(office, agreement["id"], "anna", 2), withdraw(office, agreement["application_id"])
    )
    assert (last.status_code, given_up.status_code) in ((200, 412), (409, 200))
    told = await names_told(office)
    assert ("AgreementSigned" in told, "ApplicationWithdrawn" in told) == (
        last.status_code == 200,
        given_up.status_code == 200,
    )


async def test_an_applicant_gives_an_accepted_course_up_until_it_is_signed(office: OpenIntake) -> None:
    agreement = await drafted(office)
    await sign_as(office, agreement["id"], "anna", 1)
    assert (await withdraw(office, agreement["application_id"])).json()["status"] == "withdrawn"
    assert slug(await sign_as(office, agreement["id"], "clara", 2)) == (409, "application-not-accepted")
    assert await names_told(office) == ["ApplicationSubmitted", "ApplicationAccepted", "ApplicationWithdrawn"]


async def test_what_is_signed_is_not_withdrawn(office: OpenIntake) -> None:
    agreement = await drafted(office)
    await sign_as(office, agreement["id"], "anna", 1)
    await sign_as(office, agreement["id"], "clara", 2)
    assert slug(await withdraw(office, agreement["application_id"], 3)) == (409, "application-not-open")


async def test_another_municipality_sees_and_signs_nothing(office: OpenIntake) -> None:
    agreement = await drafted(office)
    path = f"{AGREEMENTS}/{agreement['id']}"
    seen = {name: (await office.service.get(path, name)).status_code for name in ("anna", "bo", "david", "hanne")}
    assert seen == {"anna": 200, "bo": 404, "david": 200, "hanne": 200}
    assert slug(await sign_as(office, agreement["id"], "bo", 1)) == (404, "unknown-agreement")
    assert (await office.service.get(AGREEMENTS, "bo")).json() == []
    assert len((await office.service.get(AGREEMENTS, "anna")).json()) == 1


async def test_only_a_caseworker_writes_and_changes(office: OpenIntake) -> None:
    agreement = await drafted(office)
    for name in ("anna", "david", "hanne"):
        assert (await office.service.post(AGREEMENTS, {"application_id": str(uuid4())}, name)).status_code == 403
        assert (await change_to(office, agreement["id"], 1, name, starts_on=f"{YEAR}-01-01")).status_code == 403
    assert (await sign_as(office, agreement["id"], "hanne", 1)).status_code == 403


# As pages


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def test_from_the_application_to_the_last_signature(office: OpenIntake) -> None:
    application = await accepted(office)
    path = f"/applications/{application}"
    anna, clara = await signed_in(office, "anna"), await signed_in(office, "clara")
    before = await anna.open(f"{path}?lang=en")
    assert "An agreement is made, and both parties sign it" in before.text
    assert f'href="{path}/agreement"' in before.text
    none = await anna.open(f"{path}/agreement")
    assert "The agreement has not been written yet" in none.text
    assert "/agreements" not in forms_of(none.text)
    written = await clara.follow(await clara.send(await clara.open(f"{path}/agreement?lang=en"), "/agreements"))
    assert "waits for your signature" in written.text
    agreement = (await anna.open(f"{path}/agreement")).headers["Location"]
    page = await anna.open(agreement)
    assert "The agreement waits for your signature." in page.text
    assert f"{agreement}/terms" not in forms_of(page.text)
    half = await anna.follow(await anna.send(page, f"{agreement}/signature"))
    assert "waits for the office&#39;s signature" in half.text
    whole = await clara.follow(await clara.send(await clara.open(agreement), f"{agreement}/signature"))
    assert "Both parties have signed." in whole.text
    assert [action for action in forms_of(whole.text) if action.startswith(agreement)] == []
    assert "A pair of consultants is being found" in (await anna.open(path)).text


async def test_an_agreement_whose_first_day_has_passed_waits_for_a_new_one(office: OpenIntake) -> None:
    agreement = f"/agreements/{(await drafted(office))['id']}"
    anna, clara = await signed_in(office, "anna"), await signed_in(office, "clara")
    before = await anna.open(agreement)
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=100))
    anna, clara = await signed_in(office, "anna"), await signed_in(office, "clara")
    for browser, who in ((anna, "The office"), (clara, "A caseworker")):
        page = await browser.open(f"{agreement}?lang=en")
        assert f"before both had signed. {who} sets a new day." in page.text
        assert f"{agreement}/signature" not in forms_of(page.text)
        assert "Waits for a new first day" in (await browser.open("/agreements")).text
    told = "The agreement waits for a new first day, since the first has passed"
    for name, corner in (("clara", "mine"), ("anna", "others")):
        items = (await office.service.get("/api/v1/today", name)).json()
        assert [each["corner"] for each in items if each["texts"]["en"] == told] == [corner]
    fields = forms_of(before.text)[f"{agreement}/signature"] | {
        "_csrf": forms_of((await anna.open("/sessions")).text)["/sessions/end"]["_csrf"]
    }
    late = await anna.http.post(f"{agreement}/signature", data=fields)
    assert (late.status_code, "The office sets a new day." in late.text) == (409, True)
    start = str(office_date(office.service.clock.now()) + timedelta(days=30))
    page = await clara.open(agreement)
    changed = await clara.follow(await clara.send(page, f"{agreement}/terms", starts_on=start))
    assert f"{agreement}/signature" in forms_of(changed.text)
    assert f"{agreement}/signature" in forms_of((await anna.open(agreement)).text)


async def test_nobody_is_asked_to_sign_what_has_been_given_up(office: OpenIntake) -> None:
    agreement = await drafted(office)
    await withdraw(office, agreement["application_id"])
    for name in ("anna", "clara"):
        items = (await office.service.get("/api/v1/today", name)).json()
        assert [each for each in items if each["path"] == f"/agreements/{agreement['id']}"] == []


async def test_what_is_wrong_with_the_terms_stands_at_the_field(office: OpenIntake) -> None:
    agreement = f"/agreements/{(await drafted(office))['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{agreement}?lang=en")
    early = await clara.send(page, f"{agreement}/terms", starts_on="2001-01-01", hours="<b>")
    assert (early.status_code, "hours-error" in early.text, "&lt;b&gt;" in early.text) == (422, True, True)
    early = await clara.send(page, f"{agreement}/terms", starts_on="2001-01-01", hours="7")
    assert (early.status_code, "starts_on-error" in early.text, 'value="7"' in early.text) == (422, True, True)
    for field, value in (("starts_on", "2100-12-31"), ("hours", "10.555555")):
        form = {"starts_on": f"{YEAR}-01-01", "hours": "7", field: value}
        wrong = await clara.send(page, f"{agreement}/terms", **form)
        assert (wrong.status_code, f"{field}-error" in wrong.text) == (422, True)
    changed = await clara.follow(await clara.send(page, f"{agreement}/terms", starts_on=f"{YEAR}-01-01", hours="7"))
    assert f"1 January {YEAR}" in changed.text
    assert (await clara.send(page, f"{agreement}/terms", starts_on=f"{YEAR}-01-02")).status_code == 412


async def test_terms_are_written_as_danes_write_them(office: OpenIntake) -> None:
    agreement = f"/agreements/{(await drafted(office))['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{agreement}?lang=da")
    for impossible in ("3/11-9999", "31.2.2029", "1/1-0001", "0001-01-01"):
        wrong = await clara.send(page, f"{agreement}/terms", starts_on=impossible, hours="37,5")
        assert (wrong.status_code, "starts_on-error" in wrong.text, f'value="{impossible}"' in wrong.text) == (
            422,
            True,
            True,
        )
    shown = await clara.follow(await clara.send(page, f"{agreement}/terms", starts_on="3/11-2029", hours="37,5 timer"))
    assert ("3. november 2029" in shown.text, 'value="37,5"' in shown.text) == (True, True)
    kept = (await office.service.get(f"/api/v1{agreement}", "clara")).json()
    assert (kept["starts_on"], kept["hours"]) == ("2029-11-03", 37.5)


async def test_a_day_that_nobody_can_mean_reaches_no_agreement(office: OpenIntake) -> None:
    agreement = await drafted(office)
    for impossible in ("9999-12-31", "2101-01-01", "0001-01-01"):
        answer = await change_to(office, agreement["id"], 1, "clara", starts_on=impossible)
        assert answer.status_code == 422


def test_others_are_told_of_whole_hours_that_hold_those_that_were_agreed() -> None:
    assert [whole_hours_of(hours) for hours in (None, 8, Decimal("8.0"), Decimal("7.5"), Decimal("7.01"))] == [
        None,
        8,
        8,
        8,
        8,
    ]


async def test_who_gave_up_is_told_so(office: OpenIntake) -> None:
    agreement = await drafted(office)
    path = f"/applications/{agreement['application_id']}"
    anna = await signed_in(office, "anna")
    await anna.follow(await anna.send(await anna.open(f"{path}?lang=en"), f"{path}/withdrawal"))
    page = await anna.open(f"/agreements/{agreement['id']}")
    assert "The applicant has given the course up." in page.text
    assert [action for action in forms_of(page.text) if action.startswith("/agreements")] == []
    assert "Given up" in (await anna.open("/agreements")).text


async def test_the_lists_take_as_many_queries_for_fifty_as_for_one(office: OpenIntake) -> None:
    async def another() -> None:
        application = await office.submitted(round_id=await office.another_round())
        path = f"/api/v1/applications/{application['id']}/acceptance"
        await office.service.post(path, None, "clara", if_match='"1"')
        await office.service.post(AGREEMENTS, {"application_id": application["id"]}, "clara")

    clara = await signed_in(office, "clara")

    async def counted() -> list[int]:
        await clara.open("/agreements")
        async with office.service.statements() as for_page:
            await clara.open("/agreements")
        await office.service.get(AGREEMENTS, "anna")
        async with office.service.statements() as for_api:
            await office.service.get(AGREEMENTS, "anna")
        return [len(for_page), len(for_api)]

    await another()
    of_one = await counted()
    for _ in range(49):
        await another()
    assert await counted() == of_one
    assert len((await office.service.get(AGREEMENTS, "anna")).json()) == 50
