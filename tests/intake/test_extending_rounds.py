"""A later deadline than was announced, and a code for whoever comes late."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from intake_cases import NOON, ROUND_ID, a_round, case, daycares, programme
from service_under_test import DAYCARES, Browser, OpenIntake, ServiceUnderTest
from sqlalchemy import text

from intake.applications.decisions import submit
from intake.applications.eligibility import judge
from intake.applications.model import ApplicationStatus, Verdict
from intake.rounds.decisions import approaching, closing, extend_round
from intake.rounds.model import Extension, LateEntry, Round
from intake.rounds.store import code_hash
from shared.contracts.intake.rounds import RoundExtended
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision
from shared.errors import Refused

ROUND = a_round(date(2026, 11, 3), programme="a-course")
YEAR = datetime.now(UTC).year + 2
"""Near enough to be planned for."""
IN_ROUNDS = programme(intake=IntakeMode.ROUNDS)
AFTER = datetime(2026, 11, 10, 12, tzinfo=UTC)
ENTRY = LateEntry(ROUND_ID, ROUND.id, "0390", "david", NOON)


def later(day: date, was: date = ROUND.deadline) -> Extension:
    return Extension(was, day, "Many were ill.", "david", NOON)


# Decisions


@pytest.mark.parametrize("now", [NOON, AFTER], ids=["open", "closed already"])
def test_an_extended_round_takes_applications_to_the_last_second_of_its_new_deadline(now: datetime) -> None:
    given = later(date(2026, 11, 10))
    extended = replace(ROUND, deadline=date(2026, 11, 10), extensions=(given,))
    event = RoundExtended(round_id=ROUND.id, programme="a-course", closes_at=datetime(2026, 11, 10, 23, tzinfo=UTC))
    assert extend_round(ROUND, given, now) == Decision(extended, (event,), (approaching(extended), closing(extended)))
    last = extended.closes_at - timedelta(seconds=1)
    judged = [
        {each.rule: each.passed for each in judge(case(), programme(), extended, moment)}
        for moment in (last, extended.closes_at)
    ]
    assert [verdicts["deadline"] for verdicts in judged] == [True, False]


@pytest.mark.parametrize(
    ("day", "now", "slug"),
    [
        (date(2026, 11, 2), NOON, "round-not-later"),
        (date(2026, 11, 3), NOON, "round-not-later"),
        (date(2026, 11, 9), AFTER, "round-already-over"),
    ],
)
def test_a_deadline_that_is_no_later_or_past_already_is_refused(day: date, now: datetime, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        extend_round(ROUND, later(day), now)
    assert refused.value.slug == slug


def test_every_extension_stays_in_the_history() -> None:
    once = extend_round(ROUND, later(date(2026, 11, 10)), NOON).state
    twice = extend_round(once, later(date(2026, 11, 17), was=once.deadline), NOON).state
    assert [(each.was.day, each.deadline.day) for each in twice.extensions] == [(3, 10), (10, 17)]


def submitted(now: datetime, entry: LateEntry | None = ENTRY, round_: Round = ROUND) -> Decision[Any]:
    return submit(case(*daycares(2)), IN_ROUNDS, round_, now, entry)


def test_a_late_entry_lets_in_after_the_deadline_and_is_used_up_only_then() -> None:
    late = submitted(ROUND.closes_at).state
    assert (late.status, late.late_entry_id) == (ApplicationStatus.SUBMITTED, ENTRY.id)
    assert Verdict("late_entry", True, facts={"deadline": "2026-11-03"}) in late.verdicts
    in_time = submitted(ROUND.closes_at - timedelta(seconds=1)).state
    assert (in_time.status, in_time.late_entry_id) == (ApplicationStatus.SUBMITTED, None)
    assert submitted(ROUND.closes_at, None).state.status is ApplicationStatus.REFUSED


def test_a_late_entry_is_not_used_up_by_an_application_that_is_refused() -> None:
    nobody = submit(
        case(*daycares(2)),
        IN_ROUNDS,
        a_round(date(2026, 12, 3), opens_on=date(2026, 12, 1), programme="a-course"),
        AFTER,
        ENTRY,
    )
    assert (nobody.state.status, nobody.state.late_entry_id) == (ApplicationStatus.REFUSED, None)


def test_a_late_entry_that_is_used_lets_nobody_in_and_keeps_nobody_out_who_is_in_time() -> None:
    wish, in_time = case(*daycares(2)), ROUND.closes_at - timedelta(seconds=1)
    assert submit(wish, IN_ROUNDS, ROUND, in_time, ENTRY, late_entry_is_used=True) == submitted(in_time)
    with pytest.raises(Refused) as refused:
        submit(wish, IN_ROUNDS, ROUND, ROUND.closes_at, ENTRY, late_entry_is_used=True)
    assert refused.value.slug == "late-code-used"


@pytest.mark.parametrize(
    "entry", [replace(ENTRY, municipality="0773"), replace(ENTRY, round_id=ENTRY.round_id.__class__(int=7))]
)
def test_a_late_entry_to_something_else_is_refused(entry: LateEntry) -> None:
    with pytest.raises(Refused) as refused:
        submitted(AFTER, entry)
    assert refused.value.slug == "late-code-of-another"


def test_how_a_code_is_written_does_not_matter() -> None:
    assert len({code_hash(each) for each in ("ABCD-EFGH-2345", "abcd efgh 2345", " AbCdEfGh2345 ")}) == 1


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def closed(office: OpenIntake) -> None:
    """Let the round's deadline pass."""
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=30))


async def extended(office: OpenIntake, days: int, *, seen: int = 1, name: str = "david") -> httpx.Response:
    deadline = date.fromisoformat(office.round["deadline"]) + timedelta(days=days)
    body = {"deadline": str(deadline), "reason": "Many were ill."}
    return await office.service.post(f"/api/v1/rounds/{office.round['id']}/extension", body, name, if_match=f'"{seen}"')


async def a_code(office: OpenIntake, municipality: str = "0390") -> str:
    path = f"/api/v1/rounds/{office.round['id']}/late-entries"
    answer = await office.service.post(path, {"municipality": municipality}, "david")
    return str(answer.json()["code"])


async def apply(office: OpenIntake, **changes: Any) -> httpx.Response:
    return await office.service.post("/api/v1/applications", office.long_course(**changes), "anna")


async def two_daycares(office: OpenIntake, number: int) -> list[str]:
    """Two that nobody else names."""
    wishes = [DAYCARES["nursery"] | {"p_number": f"{each:010}"} for each in (2 * number, 2 * number + 1)]
    return [(await office.service.post("/api/v1/daycares", wish, "anna")).json()["id"] for wish in wishes]


async def test_who_was_refused_for_lateness_may_apply_again_when_the_round_is_extended(office: OpenIntake) -> None:
    await closed(office)
    refused = await apply(office)
    assert (refused.status_code, [each["rule"] for each in refused.json()["refusals"]]) == (422, ["deadline"])
    answer = await extended(office, 30)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (await apply(office)).status_code == 201
    names = [name for name, _ in await office.service.published()][-3:]
    assert names == ["ApplicationRefused", "RoundExtended", "ApplicationSubmitted"]
    shown = (await office.service.get(f"/api/v1/rounds/{office.round['id']}", None)).json()
    assert [each["reason"] for each in shown["extensions"]] == ["Many were ill."]


async def test_an_extended_round_closes_by_its_new_deadline_alone(office: OpenIntake) -> None:
    answer = (await extended(office, 7)).json()
    async with office.service.database.work() as work:
        timer = office.service.database.tables.timer
        due = (await work.session.execute(timer.select().where(timer.c.key.endswith("/closing")))).all()
    assert [(row.type, row.due_at) for row in due] == [
        ("dk.praksis.intake.RoundClosed.v1", datetime.fromisoformat(answer["closes_at"]))
    ]


async def test_of_two_extensions_at_once_one_counts(office: OpenIntake) -> None:
    answers = await asyncio.gather(extended(office, 7), extended(office, 14))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_code_lets_one_application_in(office: OpenIntake) -> None:
    await closed(office)
    code = await a_code(office)
    pairs = [await two_daycares(office, number) for number in range(3)]
    answers = await asyncio.gather(*(apply(office, late_code=code.lower(), daycares=pair) for pair in pairs))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    used = next(answer.json() for answer in answers if answer.status_code == 409)
    assert used["type"].endswith("/late-code-used")
    (let_in,) = [answer.json() for answer in answers if answer.status_code == 201]
    texts = [verdict["texts"]["en"] for verdict in let_in["verdicts"] if verdict["rule"] == "late_entry"]
    assert len(texts) == 1
    assert "let in later by a personal code" in texts[0]


@pytest.mark.parametrize(
    ("municipality", "changes", "slug"),
    [
        ("0390", {"late_code": "ABCD-EFGH-2345"}, "unknown-late-code"),
        ("0773", {}, "late-code-of-another"),
    ],
)
async def test_another_code_lets_nobody_in(
    office: OpenIntake, municipality: str, changes: dict[str, Any], slug: str
) -> None:
    await closed(office)
    answer = await apply(office, **({"late_code": await a_code(office, municipality)} | changes))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, slug)
    assert await office.service.rows("application") == 0


async def test_a_code_stands_nowhere_in_the_tables_of_rounds(office: OpenIntake) -> None:
    code = await a_code(office)
    async with office.service.database.work() as work:
        kept = str((await work.session.execute(text("select * from intake.late_entry"))).all())
    assert code not in kept
    assert code.replace("-", "") not in kept


# As pages


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def test_a_coordinator_announces_extends_and_lets_in(office: OpenIntake) -> None:
    browser = await signed_in(office, "david")
    page = await browser.open("/rounds/new?lang=en")
    form = {"programme": "long-course", "opens_on": f"{YEAR}-01-01", "deadline": f"{YEAR}-02-01"}
    wrong = await browser.send(page, "/rounds/new", **form | {"deadline": f"{YEAR - 1}-12-31"})
    assert (wrong.status_code, "The deadline lies before the opening." in wrong.text) == (422, True)
    shown = await browser.follow(await browser.send(page, "/rounds/new", **form))
    path = re.search(r'action="(/rounds/[0-9a-f-]{36})/extension"', shown.text)
    assert path is not None
    no_later = await browser.send(shown, f"{path[1]}/extension", deadline=f"{YEAR}-02-01", reason="Ill")
    assert (no_later.status_code, "must be later" in no_later.text) == (422, True)
    later = await browser.follow(
        await browser.send(shown, f"{path[1]}/extension", deadline=f"{YEAR}-03-01", reason="<b>Ill</b>")
    )
    assert "&lt;b&gt;Ill" in later.text
    given = await browser.send(later, f"{path[1]}/late-entries", municipality="0390")
    assert re.search(r"<strong>[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}</strong>", given.text)
    assert given.headers["Cache-Control"] == "no-store"
    assert "<strong>" not in (await browser.open(path[1])).text


async def test_others_see_a_round_without_its_forms(office: OpenIntake) -> None:
    page = await Browser(office.service).open(f"/rounds/{office.round['id']}?lang=en")
    assert (page.status_code, '<form method="post" action="/rounds' in page.text) == (200, False)
