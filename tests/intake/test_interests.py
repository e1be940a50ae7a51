"""Interest lists: people wait for dates, and are offered places in their order when there are any."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gathering_cases import COHORT, PLAY, OpenGathering, party, posted, proofs
from intake_cases import NOON
from service_under_test import PROGRAMMES, Browser, ServiceUnderTest, everybody_but, forms_of, publish_real_programmes

from intake.interests.decisions import LONGEST_LIST, put_on_list
from intake.interests.model import Interest, WantedGathering
from intake.programmes.files import load_programmes
from intake.programmes.offer import Audience
from intake.registrations.decisions import accept, cancel, lapse, line_up, offer_key, register
from intake.registrations.model import Registration, RegistrationStatus
from intake.rounds.model import Zone
from intake.worker import handlers
from shared.contracts.base import Event
from shared.contracts.intake.cohorts import CohortAnnounced
from shared.contracts.intake.interests import InterestRegistered, OfferAccepted, OfferLapsed
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.office import office_date

PROGRAMME = {each.slug: each for each in load_programmes(PROGRAMMES)}
LISTED = Interest(UUID(int=9), WantedGathering("learning-day"), "Åse", "aase@example.org", "da", NOON, Audience.LEADERS)
ANSWER_BY = datetime(2026, 11, 9, 23, tzinfo=UTC)
"""The end of the seventh day after `NOON`, in Copenhagen."""


def interested(number: int, **changes: Any) -> Registration:
    waiting = replace(party(number), interest_id=UUID(int=100 + number), status=RegistrationStatus.WAITING)
    return replace(waiting, **changes)


def offered(number: int) -> Registration:
    return interested(number, status=RegistrationStatus.OFFERED, answer_by=ANSWER_BY)


def standing(decision: Decision[tuple[Registration, ...]]) -> list[tuple[int, str]]:
    return [(each.id.int, each.status) for each in decision.state]


# Decisions: the list


def test_who_is_put_on_the_list_is_told_to_others_without_a_name() -> None:
    told = InterestRegistered(interest_id=LISTED.id, programme="learning-day", form=None, topic=None, on=NOON.date())
    assert put_on_list(LISTED, PROGRAMME["learning-day"], (), NOON) == Decision(LISTED, (told,))


@pytest.mark.parametrize(
    ("wanted", "audience", "slug"),
    [
        (WantedGathering("learning-day"), Audience.STAFF, "not-for-you"),
        (WantedGathering("learning-day"), None, "not-for-you"),
        (WantedGathering("learning-day", "form-1"), Audience.LEADERS, "part-not-offered"),
        (WantedGathering("toolkit-training", "form-3"), Audience.LEADERS, "part-not-offered"),
        (WantedGathering("toolkit-training", "form-1", "weather"), Audience.LEADERS, "part-not-offered"),
        (WantedGathering("long-course"), Audience.LEADERS, "programme-takes-applications"),
    ],
)
def test_nobody_waits_for_what_will_not_come(wanted: WantedGathering, audience: Audience | None, slug: str) -> None:
    with pytest.raises(Refused, match=slug):
        put_on_list(replace(LISTED, wanted=wanted, audience=audience), PROGRAMME[wanted.programme], (), NOON)


def test_a_list_has_an_end() -> None:
    others = [LISTED] * LONGEST_LIST
    assert put_on_list(LISTED, PROGRAMME["learning-day"], others[1:], NOON).state == LISTED
    with pytest.raises(Refused, match="waiting-list-full"):
        put_on_list(LISTED, PROGRAMME["learning-day"], others, NOON)


@pytest.mark.parametrize(
    ("form", "topic", "is_met"),
    [
        ("form-1", "parents", True),
        (None, None, True),
        ("form-1", None, True),
        ("form-2", "parents", False),
        ("form-1", "x", False),
    ],
)
def test_what_is_wanted_is_met_by_what_was_asked_for(form: str | None, topic: str | None, is_met: bool) -> None:
    assert WantedGathering("toolkit-training", "form-1", "parents").is_met_by("toolkit-training", form, topic) is is_met
    assert WantedGathering("toolkit-training").is_met_by("toolkit-training", form, topic)
    assert not WantedGathering("learning-day").is_met_by("toolkit-training", form, topic)


# Decisions: offers


def test_the_first_as_many_as_there_are_places_are_asked_and_the_others_wait() -> None:
    decision = line_up(COHORT, (), [interested(number) for number in range(1, 7)], NOON)
    assert standing(decision) == [
        (1, "offered"),
        (2, "offered"),
        (3, "offered"),
        (4, "offered"),
        (5, "waiting"),
        (6, "waiting"),
    ]
    first = decision.state[0]
    assert first == offered(1)
    lapsed = OfferLapsed(registration_id=first.id, cohort_id=COHORT.id)
    assert decision.timers[0] == Timer(offer_key(first.id), ANSWER_BY, lapsed)
    assert (len(decision.timers), decision.events) == (4, ())


def test_an_offer_ends_with_the_registration_at_the_latest_and_in_the_zone_of_the_gathering() -> None:
    soon = replace(COHORT, deadline=NOON.date() + timedelta(days=2))
    assert line_up(soon, (), [interested(1)], NOON).state[0].answer_by == soon.closes_at
    nuuk = replace(COHORT, zone=Zone.NUUK)
    assert line_up(nuuk, (), [interested(1)], NOON).state[0].answer_by == ANSWER_BY + timedelta(hours=3)
    assert standing(line_up(soon, (), [interested(1)], soon.closes_at)) == [(1, "waiting")]


def test_an_offer_keeps_its_place_from_others() -> None:
    asked = [offered(number) for number in range(1, 5)]
    assert register(COHORT, asked, party(9), NOON, takes_part=False).state.status is RegistrationStatus.WAITING
    assert register(COHORT, asked[1:], party(9), NOON, takes_part=False).state.status is RegistrationStatus.CONFIRMED


def test_yes_counts_to_the_last_second() -> None:
    last = ANSWER_BY - timedelta(seconds=1)
    decision = accept(COHORT, [offered(1)], offered(1), None, last)
    assert decision.state == replace(party(1), interest_id=UUID(int=101))
    said_yes = OfferAccepted(
        registration_id=party(1).id, cohort_id=COHORT.id, interest_id=UUID(int=101), on=office_date(last)
    )
    assert decision.events[0] == said_yes
    assert [type(each).__name__ for each in decision.events] == ["OfferAccepted", "RegistrationConfirmed"]
    with pytest.raises(Refused, match="offer-lapsed"):
        accept(COHORT, [offered(1)], offered(1), None, ANSWER_BY)


@pytest.mark.parametrize(
    "status", [RegistrationStatus.WAITING, RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED]
)
def test_only_an_offer_is_accepted(status: RegistrationStatus) -> None:
    with pytest.raises(Refused, match="offer-answered"):
        accept(COHORT, (), interested(1, status=status), None, NOON)


def test_whoever_says_yes_chooses_a_workshop_that_has_room() -> None:
    cohort = replace(COHORT, groups=(PLAY,))
    with pytest.raises(Refused, match="group-missing"):
        accept(cohort, [offered(1)], offered(1), None, NOON)
    with pytest.raises(Refused, match="group-full"):
        accept(cohort, [offered(1), party(2, 2, group=PLAY)], offered(1), PLAY.id, NOON)
    accepted = accept(cohort, [offered(1), party(2, 1, group=PLAY)], offered(1), PLAY.id, NOON).state
    assert accepted.attendees[0].group_id == PLAY.id


def test_an_offer_lapses_at_its_end_and_the_next_is_asked() -> None:
    line = [offered(1), party(2, 3), interested(3), party(4, status=RegistrationStatus.WAITING)]
    assert lapse(COHORT, line, line[0], ANSWER_BY - timedelta(seconds=1)) == Decision(())
    decision = lapse(COHORT, line, line[0], ANSWER_BY)
    assert standing(decision) == [(1, "lapsed"), (3, "offered")]
    assert [timer.key for timer in decision.timers] == [offer_key(UUID(int=3))]


def test_when_nobody_is_left_on_the_list_whoever_has_registered_moves_up() -> None:
    line = [offered(1), party(2, 3), party(3, status=RegistrationStatus.WAITING)]
    assert standing(lapse(COHORT, line, line[0], ANSWER_BY)) == [(1, "lapsed"), (3, "confirmed")]
    assert standing(cancel(COHORT, line, line[0], NOON)) == [(1, "cancelled"), (3, "confirmed")]


@pytest.mark.parametrize(
    "status",
    [RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED, RegistrationStatus.LAPSED, RegistrationStatus.WAITING],
)
def test_what_has_been_answered_does_not_lapse(status: RegistrationStatus) -> None:
    answered = interested(1, status=status)
    assert lapse(COHORT, [answered], answered, ANSWER_BY) == Decision(())


def test_nobody_says_no_to_what_has_lapsed() -> None:
    with pytest.raises(Refused, match="offer-lapsed"):
        cancel(COHORT, (), interested(1, status=RegistrationStatus.LAPSED), NOON)


# Over HTTP


@pytest.fixture
async def service(intake_service: ServiceUnderTest) -> ServiceUnderTest:
    await publish_real_programmes(intake_service.database)
    return intake_service


async def put_down(service: ServiceUnderTest, number: int, **changes: Any) -> Any:
    """Somebody asks to be told, without signing in, and confirms it; the answer is that to the first of these."""
    body = {
        "programme": "learning-day",
        "name": f"Leader {number}",
        "email": f"leader{number}@example.org",
        "audience": "leaders",
    }
    before = await proofs(service)
    answer = await service.post("/api/v1/interests", body | changes, None)
    for token in [each for each in await proofs(service) if each not in before]:
        confirmed = await service.post(f"/api/v1/interests/{token}/confirmation", None, None)
        assert confirmed.status_code == 200, confirmed.text
    return answer


async def listed(service: ServiceUnderTest) -> list[str]:
    return [each["name"].split()[-1] for each in (await service.get("/api/v1/interests", "lone")).json()]


async def announced(service: ServiceUnderTest, **changes: Any) -> OpenGathering:
    """A learning day whose announcement has had its effect."""
    gathering = await OpenGathering.another(service, **changes)
    await happen(gathering, "CohortAnnounced", CohortAnnounced)
    return gathering


async def happen(gathering: OpenGathering, name: str, kind: type[Event]) -> None:
    """Let every fact of a kind have its effect, as the worker would."""
    told = [data for each, data in await gathering.service.published() if each == name]
    await gathering.service.happen(handlers, *(kind.model_validate(data) for data in told))


async def lapse_due(gathering: OpenGathering) -> None:
    """Let the offers lapse whose time is over, as the timers and the worker would."""
    timer = gathering.service.database.tables.timer
    async with gathering.service.database.work() as work:
        due = (
            await work.session.execute(timer.select().where(timer.c.due_at <= work.now).order_by(timer.c.due_at))
        ).all()
        await work.session.execute(timer.delete().where(timer.c.key.in_([row.key for row in due])))
        await work.commit()
    await gathering.service.happen(handlers, *(OfferLapsed.model_validate(row.data) for row in due))


async def say_yes(gathering: OpenGathering, number: int, **body: Any) -> Any:
    token = (await gathering.links(number))[-1]
    return await gathering.service.post(f"/api/v1/registrations/{token}/acceptance", body, None)


async def test_places_go_to_those_who_have_waited_in_their_order_and_then_to_all(service: ServiceUnderTest) -> None:
    for number in (1, 2, 3):
        assert (await put_down(service, number)).status_code == 202
    gathering = await announced(service, places=2)
    await gathering.register(4)
    assert await gathering.roll() == [
        ("1", "offered", 1),
        ("2", "offered", 1),
        ("3", "waiting", 1),
        ("4", "waiting", 1),
    ]
    assert (await say_yes(gathering, 1)).json()["status"] == "confirmed"
    await happen(gathering, "OfferAccepted", OfferAccepted)
    assert await listed(service) == ["2", "3"]
    service.clock.move_to(service.clock.now() + timedelta(days=9))
    late = await say_yes(gathering, 2)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/offer-lapsed")
    await lapse_due(gathering)
    assert await gathering.roll() == [("1", "confirmed", 1), ("3", "offered", 1), ("4", "waiting", 1)]
    token = (await gathering.links(3))[-1]
    assert (await service.post(f"/api/v1/registrations/{token}/cancellation", None, None)).status_code == 200
    assert await gathering.roll() == [("1", "confirmed", 1), ("4", "confirmed", 1)]
    assert await listed(service) == ["2", "3"]
    letters = [(to[6], subject.partition(":")[0]) for to, subject, _ in await posted(service)][3:]
    assert letters == [
        ("1", "Do you want a place? {title}"),
        ("2", "Do you want a place? {title}"),
        ("4", "You are on the waiting list"),
        ("1", "You have a place"),
        ("2", "The place has gone to the next"),
        ("3", "Do you want a place? {title}"),
        ("3", "Your registration is cancelled"),
        ("4", "You have a place now"),
    ]


async def test_whoever_registers_before_the_announcement_has_had_its_effect_stands_behind_the_list(
    service: ServiceUnderTest,
) -> None:
    await put_down(service, 1)
    gathering = await OpenGathering.another(service, places=1)
    await asyncio.gather(gathering.register(2), gathering.register(3))
    for _ in range(2):
        await happen(gathering, "CohortAnnounced", CohortAnnounced)
    assert [status for _, status, _ in await gathering.roll()] == ["offered", "waiting", "waiting"]
    assert (await gathering.roll())[0][0] == "1"


async def test_whoever_comes_to_the_list_after_an_announcement_waits_for_the_next(service: ServiceUnderTest) -> None:
    gathering = await announced(service)
    await put_down(service, 1)
    await gathering.register(2)
    assert await gathering.roll() == [("2", "confirmed", 1)]


async def test_only_those_are_asked_whom_the_gathering_is_for(service: ServiceUnderTest) -> None:
    await put_down(service, 1)
    await put_down(service, 2, audience="administration")
    await put_down(service, 3, programme="toolkit-training", audience="leaders")
    gathering = await announced(service, audiences=["administration"])
    assert await gathering.roll() == [("2", "offered", 1)]


async def test_of_a_yes_and_a_no_at_once_one_counts(service: ServiceUnderTest) -> None:
    await put_down(service, 1)
    gathering = await announced(service, places=1)
    token = (await gathering.links(1))[-1]
    answers = await asyncio.gather(
        say_yes(gathering, 1),
        say_yes(gathering, 1),
        service.post(f"/api/v1/registrations/{token}/cancellation", None, None),
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses[2] == 200
    assert sorted(statuses[:2]) in ([200, 409], [409, 409])
    assert await gathering.roll() == []


async def test_an_answer_takes_the_timer_away(service: ServiceUnderTest) -> None:
    for number in (1, 2, 3):
        await put_down(service, number)
    gathering = await announced(service)
    assert await service.rows("timer") == 3
    await say_yes(gathering, 1)
    token = (await gathering.links(2))[-1]
    await service.post(f"/api/v1/registrations/{token}/cancellation", None, None)
    assert await service.rows("timer") == 1


async def test_who_is_put_down_twice_is_listed_once_and_answered_the_same(service: ServiceUnderTest) -> None:
    answers = await asyncio.gather(*(put_down(service, 1) for _ in range(6)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"programme":"learning-day"}')}
    assert (await listed(service), len(await posted(service))) == (["1"], 3)


async def test_somebody_leaves_the_list_and_is_not_asked(service: ServiceUnderTest) -> None:
    await put_down(service, 1)
    ((_, _, link),) = await posted(service)
    removal = f"/api/v1{link}/removal"
    assert [(await service.post(removal, None, None)).status_code for _ in range(2)] == [200, 200]
    gathering = await announced(service)
    assert (await gathering.roll(), await listed(service)) == ([], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "nothing"},
        {"programme": "national-conference"},
        {"programme": "long-course"},
        {"audience": "staff"},
        {"audience": None},
        {"form": "form-1"},
        {"email": "nobody"},
        {"name": ""},
        {"name": "Win now: https://evil"},
        {"municipality": "9999"},
        {"website": "x"},
    ],
)
async def test_what_cannot_be_waited_for_is_refused(service: ServiceUnderTest, changes: dict[str, Any]) -> None:
    assert (await put_down(service, 1, **changes)).status_code == 422
    assert await service.rows("interest") == 0


async def test_the_list_is_shown_to_the_office_alone(service: ServiceUnderTest) -> None:
    for name in (None, *everybody_but("secretary", "administrator", "coordinator")):
        answers = [await service.get(path, name) for path in ("/api/v1/interests", "/interested-people")]
        assert {answer.status_code for answer in answers} == {401 if name is None else 403}


@pytest.mark.parametrize("path", ["/api/v1/interests/forged", "/interests/forged"])
async def test_a_forged_token_leads_to_no_list(service: ServiceUnderTest, path: str) -> None:
    assert (await service.get(path, None)).status_code == 404


# As pages


async def test_somebody_is_put_down_answers_and_leaves_on_pages(service: ServiceUnderTest) -> None:
    browser, lone = Browser(service), Browser(service)
    await lone.sign_in("lone")
    page = await browser.open("/interest-list?programme=learning-day&lang=en")
    said = {"programme": "learning-day", "name": "Åse <b>", "email": "leader1@example.org", "audience": "leaders"}
    for field, value in (("email", "x"), ("audience", "staff"), ("form", "form-1"), ("programme", "long-course")):
        wrong = await browser.send(page, "/interest-list", **said | {field: value})
        assert (wrong.status_code, f"{field}-error" in wrong.text) == (422, True), field
    trapped = await browser.follow(await browser.send(page, "/interest-list", **said, website="x"))
    assert ("We have sent you an e-mail" in trapped.text, await service.rows("interest")) == (True, 0)
    await browser.follow(await browser.send(page, "/interest-list", **said))
    assert await service.rows("interest") == 0
    (token,) = await proofs(service)
    asked = await browser.open(f"/interests/{token}?lang=en")
    sure = await browser.follow(await browser.send(asked, f"/interests/{token}/confirmation"))
    assert "You are on the list" in sure.text
    assert "Åse &lt;b&gt;" in (await lone.open("/interested-people?lang=en")).text
    ((_, _, link),) = await posted(service)
    gathering = await announced(service, groups=[{"name": "Play", "places": 1}])
    path = f"/registrations/{(await gathering.links(1))[-1]}"
    offer = await browser.open(f"{path}?lang=en")
    nothing = await browser.send(offer, f"{path}/acceptance")
    assert (nothing.status_code, "group-error" in nothing.text) == (422, True)
    group = gathering.cohort["groups"][0]["id"]
    done = await browser.follow(await browser.send(offer, f"{path}/acceptance", group=group, needs="No nuts"))
    assert "Has a place" in done.text
    left = await browser.follow(await browser.send(await browser.open(f"{link}?lang=en"), f"{link}/removal"))
    assert "You are no longer on the list" in left.text


async def test_after_a_no_nothing_is_kept_for_anybody_any_more(service: ServiceUnderTest) -> None:
    await put_down(service, 1)
    gathering = await announced(service)
    browser, path = Browser(service), f"/registrations/{(await gathering.links(1))[-1]}"
    offer = await browser.open(f"{path}?lang=en")
    assert ("It is kept for you until" in offer.text, f"{path}/acceptance" in forms_of(offer.text)) == (True, True)
    after = await browser.follow(await browser.send(offer, f"{path}/cancellation"))
    assert ("It is kept for you until" in after.text, "Cancelled" in after.text) == (False, True)
    assert {f"{path}/acceptance", f"{path}/cancellation"}.isdisjoint(forms_of(after.text))
    shown = (await service.get(f"/api/v1{path}", None)).json()
    assert (shown["status"], shown["answer_by"]) == ("cancelled", None)


async def test_the_list_takes_as_many_queries_for_fifty_as_for_one(service: ServiceUnderTest) -> None:
    lone = Browser(service)
    await lone.sign_in("lone")
    counts = []
    for number in (1, 49):
        for each in range(number):
            await put_down(service, 100 * number + each)
        async with service.statements() as sent:
            assert (await lone.open("/interested-people")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
