"""Who gets the places of a gathering, who waits, and who moves up."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gathering_cases import COHORT, PARENTS, PLAY, OpenGathering, party, posted
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON
from properties import patient
from service_under_test import OpenIntake, ServiceUnderTest
from sqlalchemy import text

from intake.gatherings.model import Cohort, CohortStatus
from intake.programmes.offer import Admission, Audience
from intake.registrations.decisions import MOST_WAITING, cancel, register
from intake.registrations.enrolment_commands import MOST_FROM_ONE_ADDRESS, MOST_LINKS
from intake.registrations.model import Registration, RegistrationStatus, Room
from intake.rounds.model import Zone
from shared.contracts.intake.registrations import RegistrationCancelled, RegistrationConfirmed
from shared.errors import Refused

WITH_WORKSHOPS = replace(COHORT, groups=(PLAY, PARENTS))
WAITING, CONFIRMED, CANCELLED = RegistrationStatus.WAITING, RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED


def status_of(wanted: Registration, *others: Registration, cohort: Cohort = COHORT) -> RegistrationStatus:
    return register(cohort, others, wanted, NOON, takes_part=False).state.status


def refusal(wanted: Registration, cohort: Cohort = COHORT, now: datetime = NOON, *others: Registration) -> Refused:
    with pytest.raises(Refused) as refused:
        register(cohort, others, wanted, now, takes_part=False)
    return refused.value


def numbers(parties: tuple[Registration, ...]) -> list[tuple[int, RegistrationStatus]]:
    return [(each.id.int, each.status) for each in parties]


# Decisions


def test_who_gets_a_place_is_told_to_others_without_names() -> None:
    decision = register(COHORT, (), party(1, 2), NOON, takes_part=False)
    told = RegistrationConfirmed(
        registration_id=party().id,
        cohort_id=COHORT.id,
        programme="learning-day",
        municipality="0390",
        people=2,
        on=NOON.date(),
    )
    assert (decision.state, decision.events) == (party(1, 2), (told,))


@pytest.mark.parametrize(
    ("taken", "people", "status"), [(3, 1, CONFIRMED), (4, 1, WAITING), (2, 2, CONFIRMED), (3, 2, WAITING)]
)
def test_places_are_given_to_the_last_one_and_then_one_waits(
    taken: int, people: int, status: RegistrationStatus
) -> None:
    assert status_of(party(2, people), party(1, taken)) is status


def test_who_waits_is_no_news_for_others() -> None:
    assert register(COHORT, (party(1, 4),), party(2), NOON, takes_part=False).events == ()


def test_a_full_workshop_makes_one_wait_while_the_gathering_has_places() -> None:
    in_play = party(1, 2, group=PLAY)
    assert status_of(party(2, group=PLAY), in_play, cohort=WITH_WORKSHOPS) is WAITING
    assert status_of(party(2, group=PARENTS), in_play, cohort=WITH_WORKSHOPS) is CONFIRMED


@pytest.mark.parametrize("wanted", [party(1, 5), party(1, 3, group=PLAY)], ids=["the gathering", "a workshop"])
def test_a_party_that_could_never_come_is_refused(wanted: Registration) -> None:
    assert refusal(wanted, WITH_WORKSHOPS if wanted.attendees[0].group_id else COHORT).slug == "party-too-large"


@pytest.mark.parametrize("zone", Zone)
def test_registrations_are_taken_to_the_last_second_of_the_deadline(zone: Zone) -> None:
    cohort = replace(COHORT, zone=zone)
    assert cohort.closes_at == datetime(
        2026, 11, 20, 23 if zone is Zone.COPENHAGEN else 26 - 24, tzinfo=UTC
    ) + timedelta(days=0 if zone is Zone.COPENHAGEN else 1)
    last = cohort.closes_at - timedelta(seconds=1)
    assert register(cohort, (), party(), last, takes_part=False).state.status is CONFIRMED
    assert refusal(party(), cohort, cohort.closes_at).slug == "registration-closed"


@pytest.mark.parametrize("status", [CohortStatus.CANCELLED, CohortStatus.HELD])
def test_nobody_registers_for_what_is_called_off_or_held(status: CohortStatus) -> None:
    assert refusal(party(), replace(COHORT, status=status)).slug == "registration-closed"


@pytest.mark.parametrize("audience", [*sorted(set(Audience) - set(COHORT.audiences)), None])
def test_whoever_it_is_not_for_is_told_for_whom_it_is(audience: Audience | None) -> None:
    wanted = party(1, 2)
    wanted = replace(wanted, attendees=(wanted.attendees[0], replace(wanted.attendees[1], audience=audience)))
    refused = refusal(wanted)
    assert (refused.slug, refused.parameters["attendee"]) == ("not-the-audience", 2)
    assert [each.message for each in refused.parameters["audiences"]] == ["the administration", "daycare leaders"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("audience", [*Audience, None])
def test_what_is_open_to_everybody_asks_nobody_who_they_are(audience: Audience | None) -> None:
    assert status_of(party(audience=audience), cohort=replace(COHORT, admits=Admission.EVERYBODY)) is CONFIRMED


def test_a_theme_day_is_for_municipalities_on_a_course() -> None:
    cohort = replace(COHORT, admits=Admission.PARTICIPANTS)
    assert refusal(party(), cohort).slug == "municipality-not-on-a-course"
    assert register(cohort, (), party(), NOON, takes_part=True).state.status is CONFIRMED


def test_a_workshop_must_be_chosen_where_there_are_any_and_be_one_of_them() -> None:
    assert refusal(party(), WITH_WORKSHOPS).slug == "group-missing"
    assert refusal(party(group=PLAY), COHORT).slug == "unknown-group"


def test_a_waiting_list_has_an_end() -> None:
    waiting = [party(number, status=WAITING) for number in range(2, 2 + MOST_WAITING)]
    assert status_of(party(999), party(1, 4), *waiting[:-1]) is WAITING
    assert refusal(party(999), COHORT, NOON, party(1, 4), *waiting).slug == "waiting-list-full"


def test_of_those_who_wait_the_first_that_fit_move_up() -> None:
    first, large, small, last = (
        party(1, 3),
        party(2, 4, status=WAITING),
        party(3, 2, status=WAITING),
        party(4, status=WAITING),
    )
    one = party(5)
    decision = cancel(COHORT, (first, large, small, last, one), first, NOON)
    assert numbers(decision.state) == [(1, CANCELLED), (3, CONFIRMED), (4, CONFIRMED)]
    assert [type(event) for event in decision.events] == [
        RegistrationCancelled,
        RegistrationConfirmed,
        RegistrationConfirmed,
    ]


def test_who_waits_for_a_workshop_moves_up_when_it_has_room() -> None:
    others = (party(1, 1, group=PARENTS), party(2, 2, group=PLAY), party(3, 1, group=PLAY, status=WAITING))
    assert numbers(cancel(WITH_WORKSHOPS, others, others[0], NOON).state) == [(1, CANCELLED)]
    assert numbers(cancel(WITH_WORKSHOPS, others, others[1], NOON).state) == [(2, CANCELLED), (3, CONFIRMED)]


def test_who_gives_up_waiting_makes_no_news_and_no_room() -> None:
    others = (party(1, 4), party(2, status=WAITING), party(3, status=WAITING))
    decision = cancel(COHORT, others, others[1], NOON)
    assert (numbers(decision.state), decision.events) == ([(2, CANCELLED)], ())


def test_nobody_cancels_twice_or_afterwards_or_moves_up_once_it_has_begun() -> None:
    others = (party(1, 4), party(2, status=WAITING))
    with pytest.raises(Refused, match="registration-cancelled"):
        cancel(COHORT, others, replace(others[0], status=CANCELLED), NOON)
    with pytest.raises(Refused, match="gathering-over"):
        cancel(COHORT, others, others[0], COHORT.is_over_at)
    before = COHORT.starts_at - timedelta(seconds=1)
    assert numbers(cancel(COHORT, others, others[0], before).state) == [(1, CANCELLED), (2, CONFIRMED)]
    assert numbers(cancel(COHORT, others, others[0], COHORT.starts_at).state) == [(1, CANCELLED)]


@patient
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 30)), max_size=40))
def test_whatever_happens_nothing_is_overbooked_and_nobody_waits_who_would_fit(
    deeds: list[tuple[int, bool, int]],
) -> None:
    parties: dict[int, Registration] = {}
    for number, (people, registers, which) in enumerate(deeds, start=1):
        live = [each for each in parties.values() if each.status is not CANCELLED]
        if registers or not live:
            new = register(COHORT, live, party(number, people), NOON, takes_part=False).state
            parties[number] = new
        else:
            for each in cancel(COHORT, list(parties.values()), live[which % len(live)], NOON).state:
                parties[each.id.int] = each
        room = Room.left(COHORT, parties.values())
        assert room.places >= 0
        assert not [each for each in parties.values() if each.status is WAITING and room.holds(each)]


# Over HTTP


@pytest.fixture
async def gathering(intake_service: ServiceUnderTest) -> OpenGathering:
    return await OpenGathering.of(intake_service)


async def test_strangers_register_wait_cancel_and_move_up_and_are_written_to(gathering: OpenGathering) -> None:
    answers = [await gathering.register(1, 2), await gathering.register(2, 2), await gathering.register(3)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"cohort_id": gathering.id})] * 3
    assert await gathering.roll() == [("1", "confirmed", 2), ("3", "confirmed", 1), ("2", "waiting", 2)]
    cancelled = await gathering.cancel(1)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert await gathering.roll() == [("2", "confirmed", 2), ("3", "confirmed", 1)]
    assert [(to[:7], subject) for to, subject, _ in await posted(gathering.service)] == [
        ("leader1", "You have a place: {title}"),
        ("leader2", "You are on the waiting list: {title}"),
        ("leader3", "You have a place: {title}"),
        ("leader1", "Your registration is cancelled: {title}"),
        ("leader2", "You have a place now: {title}"),
    ]
    told = [(name, data.get("people")) for name, data in await gathering.service.published()][-5:]
    assert told == [
        ("CohortAnnounced", None),
        ("RegistrationConfirmed", 2),
        ("RegistrationConfirmed", 1),
        ("RegistrationCancelled", 2),
        ("RegistrationConfirmed", 2),
    ]


async def test_every_link_that_somebody_was_sent_leads_to_their_registration(gathering: OpenGathering) -> None:
    await gathering.register(1, 3)
    await gathering.register(2)
    await gathering.cancel(1)
    first, second = await gathering.links(2)
    shown = [(await gathering.service.get(f"/api/v1/registrations/{token}", None)).json() for token in (first, second)]
    assert shown[0] == shown[1]
    assert shown[0]["status"] == "confirmed"


async def test_of_many_at_once_for_the_last_places_only_so_many_get_them(gathering: OpenGathering) -> None:
    answers = await asyncio.gather(*(gathering.register(number) for number in range(1, 9)))
    assert {answer.status_code for answer in answers} == {202}
    assert Counter(status for _, status, _ in await gathering.roll()) == {"confirmed": 3, "waiting": 5}


async def test_of_two_cancellations_at_once_one_counts_and_one_moves_up(gathering: OpenGathering) -> None:
    for number in range(1, 6):
        await gathering.register(number)
    answers = await asyncio.gather(*(gathering.cancel(1) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert Counter(status for _, status, _ in await gathering.roll()) == {"confirmed": 3, "waiting": 1}


async def test_a_form_that_is_sent_again_registers_nobody_again_and_is_answered_the_same(
    gathering: OpenGathering,
) -> None:
    answers = await asyncio.gather(*(gathering.register(1) for _ in range(8)))
    answers.append(await gathering.register(1, email="LEADER1@example.org"))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert await gathering.roll() == [("1", "confirmed", 1)]
    assert [subject for _, subject, _ in await posted(gathering.service)] == ["You have a place: {title}"] + [
        "You had registered already: {title}"
    ] * 4


async def test_one_address_may_register_other_people_too(gathering: OpenGathering) -> None:
    await gathering.register(1)
    await gathering.register(1, attendees=[{"name": "Somebody else", "audience": "leaders"}])
    assert [people for _, _, people in await gathering.roll()] == [1, 1]


async def test_from_one_mailbox_come_so_many_registrations_and_the_answer_is_always_the_same(
    gathering: OpenGathering,
) -> None:
    addresses = ["leader1@example.org", "LEADER1@example.org", "leader1+a@example.org", "leader1+b+c@example.org"]
    answers = await asyncio.gather(
        *(
            gathering.register(
                1, email=addresses[number % 4], attendees=[{"name": f"A{number}", "audience": "leaders"}]
            )
            for number in range(30)
        )
    )
    for number in range(30, 36):
        answers.append(await gathering.register(1, attendees=[{"name": f"A{number}", "audience": "leaders"}]))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert len(await gathering.roll()) == MOST_FROM_ONE_ADDRESS
    subjects = Counter(subject.partition(":")[0] for _, subject, _ in await posted(gathering.service))
    assert subjects == {
        "You have a place": 3,
        "You are on the waiting list": MOST_FROM_ONE_ADDRESS - 3,
        "Nobody more has been registered": MOST_LINKS - 1,
    }
    await gathering.register(2)
    assert len(await gathering.roll()) == MOST_FROM_ONE_ADDRESS + 1


async def test_who_cancels_and_registers_over_and_over_is_not_written_to_for_ever(gathering: OpenGathering) -> None:
    for _ in range(MOST_FROM_ONE_ADDRESS + 3):
        await gathering.register(1)
        for token in await gathering.links(1):
            await gathering.service.post(f"/api/v1/registrations/{token}/cancellation", None, None)
    assert (await gathering.roll(), await gathering.service.rows("registration")) == ([], MOST_FROM_ONE_ADDRESS)


@pytest.mark.parametrize("token", ["forged", "a" * 10_000, "%20", "%C3%A6", "%F0%9F%98%80"])
async def test_a_forged_token_leads_nowhere(gathering: OpenGathering, token: str) -> None:
    shown = await gathering.service.get(f"/api/v1/registrations/{token}", None)
    done = await gathering.service.post(f"/api/v1/registrations/{token}/cancellation", None, None)
    assert (shown.status_code, done.status_code) == (404, 404)


async def test_no_token_stands_in_the_tables_of_registrations(gathering: OpenGathering) -> None:
    await gathering.register(1)
    (token,) = await gathering.links(1)
    async with gathering.service.database.work() as work:
        kept = [
            str((await work.session.execute(text(f"select * from intake.{table}"))).all())
            for table in ("registration", "registration_link", "event")
        ]
    assert [token in each for each in kept] == [False] * 3


async def test_no_event_names_anybody(gathering: OpenGathering) -> None:
    await gathering.register(1)
    await gathering.cancel(1)
    told = str(await gathering.service.published())
    assert [word for word in ("Leader", "Person", "example.org") if word in told] == []


@pytest.mark.parametrize(
    "name", ["Søren Ærø", "Aqqaluk Ivalu", "نور", "李小龍", "Ольга", "👩‍🏫 Ann", "O'Neil <b>", "J.P. Ib"]
)
async def test_names_are_kept_in_every_script(gathering: OpenGathering, name: str) -> None:
    await gathering.register(1, name=name, attendees=[{"name": name, "audience": "leaders", "needs": name}])
    (kept,) = (await gathering.service.get(f"{gathering.path}/registrations", "lone")).json()
    assert (kept["contact"]["name"], kept["attendees"][0]["name"], kept["attendees"][0]["needs"]) == (name,) * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"email": "a@b.dk\r\nBcc: c@d.dk"},
        {"email": "a@b.dk, c@d.dk"},
        {"name": ""},
        {"name": "a" * 10_000},
        {"name": "a\x00b"},
        {"name": "Win now: https://evil"},
        {"name": "Anna www.evil"},
        {"name": "evil.com"},
        {"attendees": [{"name": "EVIL.Info wants you", "audience": "leaders"}]},
        {"municipality": "9999"},
        {"attendees": []},
        {"attendees": [{"name": "A", "audience": "leaders"}] * 21},
        {"attendees": [{"name": "A", "audience": "kings"}]},
        {"attendees": [{"name": "A", "audience": "staff"}]},
        {"attendees": [{"name": "A", "audience": "leaders", "group": "00000000-0000-7000-8000-000000000000"}]},
        {"attendees": [{"name": "A", "audience": "leaders", "needs": "a" * 501}]},
        {"attendees": [{"name": "A", "audience": "leaders", "attended": True}]},
        {"status": "confirmed"},
    ],
)
async def test_what_is_no_registration_is_refused_and_nothing_is_kept(
    gathering: OpenGathering, changes: dict[str, Any]
) -> None:
    before = await gathering.service.stored()
    answer = await gathering.register(1, **changes)
    assert answer.status_code == 422, answer.text
    assert await gathering.service.stored() == before


async def test_a_conference_takes_everybody_into_its_workshops(
    intake_service: ServiceUnderTest, tmp_path: Path
) -> None:
    groups = [{"name": "Play", "places": 1}, {"name": "Parents", "places": 2}]
    conference = await OpenGathering.open_to(intake_service, tmp_path, "everybody", groups=groups)
    play, parents = (group["id"] for group in conference.cohort["groups"])
    for number, group in enumerate([play, play, parents], start=1):
        await conference.register(number, attendees=[{"name": "A", "group": group}])
    assert await conference.roll() == [("1", "confirmed", 1), ("3", "confirmed", 1), ("2", "waiting", 1)]
    places = (await intake_service.get(f"{conference.path}/places", None)).json()
    assert places == {"left": 1, "by_group": {play: 0, parents: 1}, "waiting": 1}
    missing = await conference.register(4)
    assert (missing.status_code, missing.json()["type"]) == (422, "/problems/group-missing")


async def test_a_theme_day_takes_those_whose_application_was_accepted(
    intake_service: ServiceUnderTest, tmp_path: Path
) -> None:
    office = await OpenIntake.of(intake_service)
    theme_day = await OpenGathering.open_to(intake_service, tmp_path, "participants")
    application = await office.submitted()
    before = await theme_day.register(1, municipality="0390")
    assert (before.status_code, before.json()["type"]) == (422, "/problems/municipality-not-on-a-course")
    await intake_service.post(f"/api/v1/applications/{application['id']}/acceptance", {}, "clara", if_match='"1"')
    answers = [await theme_day.register(1, municipality=code) for code in ("0390", "0461")]
    answers.append(await theme_day.register(2))
    assert [answer.status_code for answer in answers] == [202, 422, 422]


async def test_a_municipality_stays_on_a_course_when_its_agreement_is_signed(
    intake_service: ServiceUnderTest, tmp_path: Path
) -> None:
    office = await OpenIntake.of(intake_service)
    theme_day = await OpenGathering.open_to(intake_service, tmp_path, "participants")
    application = await office.submitted()
    await intake_service.post(f"/api/v1/applications/{application['id']}/acceptance", {}, "clara", if_match='"1"')
    written = await intake_service.post("/api/v1/agreements", {"application_id": application["id"]}, "clara")
    for version, name in enumerate(("anna", "clara"), start=1):
        path = f"/api/v1/agreements/{written.json()['id']}/signature"
        signed = await intake_service.post(path, None, name, if_match=f'"{version}"')
        assert signed.status_code == 200, signed.text
    shown = await intake_service.get(f"/api/v1/applications/{application['id']}", "clara")
    assert shown.json()["status"] == "agreed"
    assert (await theme_day.register(1, municipality="0390")).status_code == 202


async def test_after_the_deadline_nobody_registers_but_who_waits_still_moves_up(gathering: OpenGathering) -> None:
    await gathering.register(1, 3)
    await gathering.register(2)
    closes_at = datetime.fromisoformat(gathering.cohort["closes_at"])
    gathering.service.clock.move_to(closes_at)
    late = await gathering.register(3)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/registration-closed")
    await gathering.cancel(1)
    assert await gathering.roll() == [("2", "confirmed", 1)]


async def test_for_an_unknown_gathering_nobody_registers(gathering: OpenGathering) -> None:
    unknown = OpenGathering(gathering.service, {"id": "00000000-0000-7000-8000-000000000000"})
    assert (await unknown.register()).status_code == 404
